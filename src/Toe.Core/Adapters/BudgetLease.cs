using System.Net.Sockets;

namespace Toe.Adapters;

/// <summary>Entries lent for one connection between the gate and the adapter's own answer. Owned by the attempt; ended exactly once.</summary>
internal sealed class BudgetLease(BudgetLeases leases, IReadOnlyList<ToeBudget> budgets, AddressFamily family)
{
    private int _ended;

    /// <summary>The adapter took the entries; its own count has them from the next reading on.</summary>
    public void Settle() => End(settled: true);

    /// <summary>The entries were not needed.</summary>
    public void Release() => End(settled: false);

    private void End(bool settled)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
            leases.End(budgets, family, settled);
    }
}
