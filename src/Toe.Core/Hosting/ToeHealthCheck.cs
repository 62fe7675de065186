using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Toe.Hosting;

/// <summary>Degraded when an adapter is not usable, or when more opens than allowed came to the host stack. Never unhealthy: the host stack serves.</summary>
internal sealed class ToeHealthCheck(ToeStack stack, IOptionsMonitor<ToeOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        var complaints = new List<string>();
        foreach (var adapter in stack.Adapters)
        {
            var id = adapter.Identity.Id;
            var reason = stack.GetAdapterObstacle(id);
            data[id] = reason.IsNone ? "usable" : reason.ToString();
            if (!reason.IsNone)
                complaints.Add($"{id}: {reason}");
        }

        if (stack.Uncontrolled is { IsNone: false } uncontrolled)
            complaints.Add(uncontrolled.ToString());
        foreach (var device in stack.NotTaken)
            data[device.Device] = device.Reason.ToString();
        var share = stack.FallbackShare;
        var allowance = options.CurrentValue.FallbackAllowance.Share;
        data["toe.fallback.share"] = share;
        if (share > allowance)
            complaints.Add($"{share:P0} of the opens came to the host stack, {allowance:P0} are allowed");
        return Task.FromResult(complaints.Count == 0
            ? HealthCheckResult.Healthy(data: data)
            : HealthCheckResult.Degraded(string.Join("; ", complaints), data: data));
    }
}
