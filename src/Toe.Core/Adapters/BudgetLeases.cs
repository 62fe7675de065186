using System.Net.Sockets;

namespace Toe.Adapters;

/// <summary>Counts what was lent of an adapter's tables since they were last read. Tables are shared with other processes, so the adapter's own refusal stays possible after a lease.</summary>
internal sealed class BudgetLeases
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _settled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _settledBefore = new(StringComparer.Ordinal); // Settled before the reading that runs, or the last announcement.

    /// <summary>Entries of a table that are never lent: its own reserve, or the share of it where that is more. At least one where there is a share.</summary>
    public static long ReservedOf(ToeBudget budget, double reserveShare) =>
        Math.Max(budget.Reserve, reserveShare > 0 ? Math.Max(1, (long)(budget.Limit * reserveShare)) : 0);

    /// <summary>Asks each table for what a connection takes, without taking it.</summary>
    public ToeReason Check(AdapterStatus status, AddressFamily family, double reserveShare)
    {
        lock (_lock)
            return FirstExhausted(status, reserveShare, budget => Cost(budget, family));
    }

    /// <summary>Asks each table for what a listener takes, without taking it.</summary>
    public ToeReason CheckListener(AdapterStatus status, double reserveShare)
    {
        lock (_lock)
            return FirstExhausted(status, reserveShare, static budget => budget.ListenerCost);
    }

    /// <summary>Takes what a connection takes of each table, all or nothing.</summary>
    public BudgetLease? TryTake(AdapterStatus status, AddressFamily family, double reserveShare, out ToeReason refusal)
    {
        lock (_lock)
        {
            refusal = FirstExhausted(status, reserveShare, budget => Cost(budget, family));
            if (!refusal.IsNone)
                return null;
            foreach (var budget in status.Budgets)
                Add(_open, budget.Table, Cost(budget, family));
            return new BudgetLease(this, status.Budgets, family);
        }
    }

    /// <summary>What is lent of a table beyond what was last read.</summary>
    public long Lent(string table)
    {
        lock (_lock)
            return _open.GetValueOrDefault(table) + _settled.GetValueOrDefault(table) + _settledBefore.GetValueOrDefault(table);
    }

    /// <summary>A reading of the tables begins: only what was settled before this call is sure to be in its count.</summary>
    public void ReadingBegins()
    {
        lock (_lock)
            Age();
    }

    /// <summary>The reading ended: what was settled before it began is in the adapter's count now.</summary>
    public void ReadingEnded()
    {
        lock (_lock)
            _settledBefore.Clear();
    }

    /// <summary>The adapter announced its tables. When it counted them is unknown, so that only what was settled before the last announcement is taken as counted.</summary>
    public void Announced()
    {
        lock (_lock)
        {
            _settledBefore.Clear();
            Age();
        }
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

    private void Age()
    {
        foreach (var (table, count) in _settled)
            Add(_settledBefore, table, count);
        _settled.Clear();
    }

    private ToeReason FirstExhausted(AdapterStatus status, double reserveShare, Func<ToeBudget, int> costOf)
    {
        foreach (var budget in status.Budgets)
        {
            var cost = costOf(budget);
            var lent = _open.GetValueOrDefault(budget.Table) + _settled.GetValueOrDefault(budget.Table) + _settledBefore.GetValueOrDefault(budget.Table);
            var reserved = ReservedOf(budget, reserveShare);
            if (cost > 0 && budget.Limit - reserved - budget.Used - lent < cost)
                return budget.Exhausted.With($"{budget.Table}: {budget.Used + lent} of {budget.Limit} used, {reserved} reserved");
        }

        return ToeReason.None;
    }
}
