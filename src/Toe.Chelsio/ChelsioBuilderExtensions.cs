using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Toe.Linux;

namespace Toe.Chelsio;

/// <summary>Registers the Chelsio provider.</summary>
public static class ChelsioBuilderExtensions
{
    /// <summary>Adds Chelsio cards. The machine is the <see cref="ILinuxHost"/> among the services if there is one, else the one that the program runs on.</summary>
    /// <param name="builder">The stack's builder.</param>
    /// <param name="configure">Says how sockets are steered; by default they are not. Options of the same type that are configured elsewhere are applied first.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>Wrong options stop the start with an <see cref="OptionsValidationException"/>.</remarks>
    public static IToeBuilder AddChelsio(this IToeBuilder builder, Action<ChelsioOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Services.AddOptions<ChelsioOptions>();
        if (configure is not null)
            options.Configure(configure);
        builder.Services.AddSingleton<IValidateOptions<ChelsioOptions>>(new ChelsioOptionsValidator());
        return builder.AddProvider(static services =>
            new ChelsioProvider(services.GetRequiredService<IOptions<ChelsioOptions>>().Value, services.GetService<ILinuxHost>()));
    }
}
