using Microsoft.Extensions.DependencyInjection;
using Toe.Hosting;

namespace Toe;

/// <summary>Registers the stack's health check.</summary>
public static class ToeHealthChecksBuilderExtensions
{
    /// <summary>Adds the check <c>toe</c>, tagged <c>ready</c>. Unhealthy when connections will fail: policy requires an adapter and none can be used, or forbids them all and the host cannot
    /// be kept from one. Degraded when an adapter cannot be used or is degraded itself, when the fallback allowance is exceeded, or when a policy file or the configuration is wrong.</summary>
    /// <param name="builder">The health checks.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>Its data, documented in docs/telemetry.md, is dictionaries, texts, numbers and booleans: each adapter's firmware, health, tables and obstacle, the fallbacks' share, and what is
    /// wrong with policy.</remarks>
    public static IHealthChecksBuilder AddToe(this IHealthChecksBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<ToeHealthCheck>("toe", tags: ["ready"]);
    }
}
