using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Toe.Adapters;
using Toe.Firmware;
using Toe.Gates;
using Toe.Policy;

namespace Toe.Hosting;

/// <summary>Unhealthy when connections will fail: an adapter is required and none can be used, or what policy says cannot be done. Degraded when the host stack serves where adapters were
/// meant to, or what the operator or the configuration wrote is not in force.</summary>
internal sealed class ToeHealthCheck(ToeStack stack, PolicyEngine policy, ToeOptionsMonitor options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new HealthFindings();
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        var usable = LookAtAdapters(findings, data);
        LookAtPolicy(findings, data, usable);
        LookAtFallbacks(findings, data);
        LookAtConfiguration(findings, data);
        return Task.FromResult(findings.ToResult(data));
    }

    private List<AdapterIdentity> LookAtAdapters(HealthFindings findings, Dictionary<string, object> data)
    {
        var reserve = options.CurrentValue.BudgetReserve;
        var adapters = new Dictionary<string, object>(StringComparer.Ordinal);
        var usable = new List<AdapterIdentity>();
        foreach (var adapter in stack.Supervisor.Adapters)
        {
            var obstacle = AdapterObstacle.Of(adapter, reserve);
            adapters[adapter.Identity.Id] = HealthData.Of(adapter, obstacle, reserve);
            Judge(findings, adapter, obstacle);
            if (obstacle.IsNone)
                usable.Add(adapter.Identity);
        }

        foreach (var failed in stack.Supervisor.FailedProviders)
            findings.Degrades($"{failed.Device}: {failed.Reason}");
        data["adapters"] = adapters;
        data["notTaken"] = HealthData.Of(stack.NotTaken);
        return usable;
    }

    private static void Judge(HealthFindings findings, SupervisedAdapter adapter, ToeReason obstacle)
    {
        var (id, status, assessment) = (adapter.Identity.Id, adapter.View.Status, adapter.View.Assessment);
        if (!obstacle.IsNone)
            findings.Degrades($"{id}: {obstacle}");
        else if (status.Health == AdapterHealth.Degraded && AdapterObstacle.IsExpectedToOffload(status))
            findings.Degrades($"{id}: degraded{(status.Reason.IsNone ? "" : $", {status.Reason}")}");
        if (assessment.Verdict == FirmwareVerdict.Warn)
            findings.Note($"{id}: {assessment.Reason}");
    }

    /// <summary>What happens to a connection that no rule names by its endpoints, and to those that rules want on an adapter.</summary>
    private void LookAtPolicy(HealthFindings findings, Dictionary<string, object> data, List<AdapterIdentity> usable)
    {
        var decided = policy.Decide(PolicyDirection.Connect, local: null, remote: null, requested: null, counted: false);
        var uncontrolled = stack.Uncontrolled;
        data["mode"] = decided.Mode.ToString();
        data["modeSource"] = decided.ModeSource;
        HealthData.AddReason(data, "hostUncontrolled", uncontrolled);
        if (decided.IsConflict)
            findings.Fails($"connects fail: {decided.Reason}");
        else if (decided.Mode == ToeMode.Require && !usable.Exists(decided.Allows))
            findings.Fails($"connects fail: {decided.ModeSource} requires an adapter, and none can be used");
        else if (decided.Mode == ToeMode.Forbid && !uncontrolled.IsNone)
            findings.Fails($"connects fail: {uncontrolled}");
        else if (!uncontrolled.IsNone)
            findings.Degrades(uncontrolled.ToString());
        foreach (var rule in policy.Requiring)
        {
            if (rule.Source != decided.ModeSource && !usable.Exists(adapter => rule.Adapters?.Matches(adapter) ?? true))
                findings.Degrades($"connects that match {rule.Source} fail: it requires an adapter, and none can be used");
        }
    }

    private void LookAtFallbacks(HealthFindings findings, Dictionary<string, object> data)
    {
        var (share, allowance) = (stack.FallbackShare, options.CurrentValue.FallbackAllowance.Share);
        data["fallbackShare"] = share;
        data["fallbackAllowance"] = allowance;
        if (share > allowance)
            findings.Degrades(string.Create(CultureInfo.InvariantCulture, $"{share:P0} of the opens came to the host stack, {allowance:P0} are allowed"));
    }

    private void LookAtConfiguration(HealthFindings findings, Dictionary<string, object> data)
    {
        Report("operatorError", policy.OperatorError, "what the operator wrote is not in force");
        Report("configurationError", options.Error, "the configuration's last change is not in force");

        void Report(string key, string? error, string consequence)
        {
            if (error is null)
                return;
            data[key] = error;
            findings.Degrades($"{consequence}: {error}");
        }
    }
}
