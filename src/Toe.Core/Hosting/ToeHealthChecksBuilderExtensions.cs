using Microsoft.Extensions.DependencyInjection;
using Toe.Hosting;

namespace Toe;

/// <summary>Registers the stack's health check.</summary>
public static class ToeHealthChecksBuilderExtensions
{
    /// <summary>Adds the check <c>toe</c>, tagged <c>ready</c>: degraded when an adapter is not usable or the fallback allowance is exceeded.</summary>
    /// <param name="builder">The health checks.</param>
    public static IHealthChecksBuilder AddToe(this IHealthChecksBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<ToeHealthCheck>("toe", tags: ["ready"]);
    }
}
