using System.Globalization;
using Toe.Adapters;

namespace Toe.Placing;

/// <summary>A table that is fuller than it should be.</summary>
/// <param name="Connections">How many connections must go to bring it back.</param>
/// <param name="Text">The table and its count.</param>
internal readonly record struct Pressure(int Connections, string Text)
{
    /// <summary>The table that asks for most.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="share">The share of its entries that may be in use.</param>
    /// <returns>Null when none is too full.</returns>
    public static Pressure? On(SupervisedAdapter adapter, double share)
    {
        Pressure? worst = null;
        foreach (var budget in adapter.View.Status.Budgets)
        {
            var cost = Math.Max(budget.ConnectionCost, budget.ConnectionCostIPv6);
            var used = budget.Used + adapter.Leases.Lent(budget.Table);
            var excess = used - (share * (budget.Limit - budget.Reserve));
            if (cost == 0 || excess <= 0)
                continue;
            var connections = (int)Math.Min(int.MaxValue, Math.Ceiling(excess / cost));
            if (worst is null || connections > worst.Value.Connections)
                worst = new Pressure(connections, string.Create(CultureInfo.InvariantCulture, $"{budget.Table}: {used} of {budget.Limit} used"));
        }

        return worst;
    }
}
