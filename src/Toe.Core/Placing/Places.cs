using Toe.Adapters;
using Toe.Connections;
using Toe.Moving;

namespace Toe.Placing;

/// <summary>Finds an adapter for a connection of the host stack, in order of preference.</summary>
internal sealed class Places(Mover mover, AdapterSupervisor supervisor)
{
    /// <summary>Finds one. A connection that none of them would take is left alone for a while, unless it is policy that says so: that is asked at no cost.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="suits">Adapters that are asked at all.</param>
    public SupervisedAdapter? For(StackConnection connection, Func<SupervisedAdapter, bool> suits)
    {
        var isRefused = false;
        foreach (var adapter in supervisor.Adapters)
        {
            if (!suits(adapter))
                continue;
            var refusal = mover.Check(connection, adapter);
            if (refusal.IsNone)
                return adapter;
            isRefused |= refusal.Class != ToeReasonClass.Policy && !refusal.Is(ToeReasons.OperatorForbidden) && !refusal.Is(ToeReasons.OperatorPolicyUnreadable);
        }

        if (isRefused)
            connection.Allowance.Postpone();
        return null;
    }
}
