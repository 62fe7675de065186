using System.Net.Sockets;

namespace Toe.Adapters;

/// <summary>Counts what was lent of an adapter's tables since they were last read. Tables are shared with other processes, so the adapter's own refusal stays possible after a lease.</summary>
internal sealed class BudgetLeases
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _settled = new(StringComparer.Ordinal);

    /// <summary>Asks each table for what a connection takes, without taking it.</summary>
    public ToeReason Check(AdapterStatus status, AddressFamily family, double reserveShare)
    {
        lock (_lock)
            return FirstExhausted(status, family, reserveShare);
    }

    /// <summary>Takes what a connection takes of each table, all or nothing.</summary>
    public BudgetLease? TryTake(AdapterStatus status, AddressFamily family, double reserveShare, out ToeReason refusal)
    {
        lock (_lock)
        {
            refusal = FirstExhausted(status, family, reserveShare);
            if (!refusal.IsNone)
                return null;
            foreach (var budget in status.Budgets)
                Add(_open, budget.Table, Cost(budget, family));
            return new BudgetLease(this, status.Budgets, family);
        }
    }

    /// <summary>The tables were read anew: what was settled before is in their count now.</summary>
    public void Refreshed()
    {
        lock (_lock)
            _settled.Clear();
    }

    internal void End(IReadOnlyList<ToeBudget> budgets, AddressFamily family, bool settled)
    {
        lock (_lock)
        {
            foreach (var budget in budgets)
            {
                Add(_open, budget.Table, -Cost(budget, family));
                if (settled)
                    Add(_settled, budget.Table, Cost(budget, family));
            }
        }
    }

    private static int Cost(ToeBudget budget, AddressFamily family) =>
        family == AddressFamily.InterNetworkV6 ? budget.ConnectionCostIPv6 : budget.ConnectionCost;

    private static void Add(Dictionary<string, long> counts, string table, long change) =>
        counts[table] = counts.GetValueOrDefault(table) + change;

    private ToeReason FirstExhausted(AdapterStatus status, AddressFamily family, double reserveShare)
    {
        foreach (var budget in status.Budgets)
        {
            var cost = Cost(budget, family);
            var lent = _open.GetValueOrDefault(budget.Table) + _settled.GetValueOrDefault(budget.Table);
            var reserve = Math.Max(0, (long)(budget.Limit * reserveShare) - budget.Reserve);
            if (cost > 0 && budget.Available - reserve - lent < cost)
                return budget.Exhausted.With($"{budget.Table}: {budget.Used + lent} of {budget.Limit} used, {budget.Reserve + reserve} reserved");
        }

        return ToeReason.None;
    }
}
