using Microsoft.Extensions.DependencyInjection;
using Toe.Linux;

namespace Toe.Iwarp.Siw;

/// <summary>Registers Soft-iWARP.</summary>
public static class SiwBuilderExtensions
{
    /// <summary>Adds Soft-iWARP devices. The machine is the <see cref="ILinuxHost"/> among the services if there is one, else the one that the program runs on.</summary>
    /// <param name="builder">The stack's builder.</param>
    /// <returns>The same builder.</returns>
    public static IToeBuilder AddSiw(this IToeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddProvider(static services => new SiwProvider(services.GetService<ILinuxHost>()));
    }
}
