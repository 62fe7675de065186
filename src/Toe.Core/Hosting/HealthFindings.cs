using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Toe.Hosting;

/// <summary>What was found about a stack's health; the worst decides.</summary>
internal sealed class HealthFindings
{
    private readonly List<string> _failing = [];
    private readonly List<string> _degrading = [];
    private readonly List<string> _notes = [];

    /// <summary>Connections will fail.</summary>
    public void Fails(string finding) => _failing.Add(finding);

    /// <summary>The host stack serves instead, or something else is not as it was meant.</summary>
    public void Degrades(string finding) => _degrading.Add(finding);

    /// <summary>Worth knowing, and no complaint.</summary>
    public void Note(string finding) => _notes.Add(finding);

    public HealthCheckResult ToResult(IReadOnlyDictionary<string, object> data)
    {
        var status = _failing.Count > 0 ? HealthStatus.Unhealthy : _degrading.Count > 0 ? HealthStatus.Degraded : HealthStatus.Healthy;
        var description = string.Join("; ", [.. _failing, .. _degrading, .. _notes]);
        return new HealthCheckResult(status, description.Length > 0 ? description : null, data: data);
    }
}
