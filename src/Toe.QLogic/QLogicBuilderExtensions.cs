using Microsoft.Extensions.DependencyInjection;
using Toe.Linux;

namespace Toe.QLogic;

/// <summary>Registers the QLogic provider.</summary>
public static class QLogicBuilderExtensions
{
    /// <summary>Adds QLogic adapters. The machine is the <see cref="ILinuxHost"/> among the services if there is one, else the one that the program runs on.</summary>
    /// <param name="builder">The stack's builder.</param>
    /// <returns>The same builder.</returns>
    public static IToeBuilder AddQLogic(this IToeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddProvider(static services => new QLogicProvider(services.GetService<ILinuxHost>()));
    }
}
