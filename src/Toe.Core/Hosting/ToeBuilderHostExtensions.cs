using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Toe.Linux;

namespace Toe;

/// <summary>Says which machine a stack and its providers look at.</summary>
public static class ToeBuilderHostExtensions
{
    /// <summary>Looks at another machine than the one that the program runs on, such as a <see cref="HostImage"/>: every decision is taken as there, and every connection runs here, on the host stack.</summary>
    /// <param name="builder">The stack's builder.</param>
    /// <param name="host">The machine. The caller disposes it, after the stack.</param>
    /// <returns>The same builder.</returns>
    public static IToeBuilder UseHost(this IToeBuilder builder, ILinuxHost host)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(host);
        builder.Services.Replace(ServiceDescriptor.Singleton(host));
        return builder;
    }
}
