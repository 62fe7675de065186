using Toe.Adapters;

namespace Toe.Hosting;

/// <summary>What a health report carries: dictionaries, texts, numbers and booleans, so that any writer of JSON takes it. What there is not has no key.</summary>
internal static class HealthData
{
    /// <summary>An adapter as it was last read.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="obstacle">Why it takes no new connections; <see cref="ToeReason.None"/> when it does.</param>
    /// <param name="budgetReserve">The share of each table that stays free.</param>
    public static Dictionary<string, object> Of(SupervisedAdapter adapter, ToeReason obstacle, double budgetReserve)
    {
        var (status, assessment) = (adapter.View.Status, adapter.View.Assessment);
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["model"] = adapter.Identity.Model,
            ["usable"] = obstacle.IsNone,
            ["health"] = status.Health.ToString(),
            ["rung"] = status.Rung,
            ["firmwareVerdict"] = assessment.Verdict.ToString(),
            ["connections"] = adapter.CarrierCount,
            ["budgets"] = status.Budgets.ToDictionary(static budget => budget.Table, budget => (object)Of(adapter, budget, budgetReserve), StringComparer.Ordinal),
        };
        AddReason(data, "obstacle", obstacle);
        AddReason(data, "healthReason", status.Reason);
        AddReason(data, "firmwareReason", assessment.Reason);
        AddReason(data, "setAside", adapter.SetAside);
        if (status.FirmwareText is { } firmware)
            data["firmware"] = firmware;
        return data;
    }

    /// <summary>What was not taken, by device, with its reason.</summary>
    public static Dictionary<string, object> Of(IEnumerable<NotTaken> notTaken)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var device in notTaken)
            data[device.Device] = device.Reason.ToString(); // Two providers may have seen the same one.
        return data;
    }

    public static void AddReason(Dictionary<string, object> data, string key, ToeReason reason)
    {
        if (!reason.IsNone)
            data[key] = reason.ToString();
    }

    private static Dictionary<string, object> Of(SupervisedAdapter adapter, ToeBudget budget, double budgetReserve) => new(StringComparer.Ordinal)
    {
        ["used"] = budget.Used + adapter.Leases.Lent(budget.Table),
        ["limit"] = budget.Limit,
        ["reserved"] = BudgetLeases.ReservedOf(budget, budgetReserve),
    };
}
