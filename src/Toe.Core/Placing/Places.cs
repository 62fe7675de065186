using Microsoft.Extensions.Logging;
using Toe.Adapters;
using Toe.Connections;
using Toe.Moving;
using Toe.Telemetry;

namespace Toe.Placing;

/// <summary>Finds an adapter for a connection of the host stack, in order of preference.</summary>
internal sealed class Places(Mover mover, AdapterSupervisor supervisor, ILogger logger)
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
            var refusal = Check(connection, adapter);
            if (refusal.IsNone)
                return adapter;
            isRefused |= refusal.Class != ToeReasonClass.Policy && !refusal.Is(ToeReasons.OperatorForbidden) && !refusal.Is(ToeReasons.OperatorPolicyUnreadable);
        }

        if (isRefused)
            connection.Allowance.Postpone();
        return null;
    }

    private ToeReason Check(StackConnection connection, SupervisedAdapter adapter)
    {
        try
        {
            return mover.Check(connection, adapter);
        }
        catch (Exception exception)
        {
            StackLog.MoveFailed(logger, connection.Id, exception); // The look goes on with the others.
            return AdapterFaultException.From(exception).Reason;
        }
    }
}
