using Microsoft.Extensions.Logging;
using Toe.Connections;
using Toe.Moving;
using Toe.Telemetry;

namespace Toe.Placing;

/// <summary>Holds established connections to policy as it is now: those whose adapter it does not allow go to the host stack, where they can.</summary>
internal sealed class PolicyFollower(ConnectionOwner owner, Mover mover, ILogger logger)
{
    private const int AtOnce = 8; // Moves hold calls up and cost the adapter's processor time.

    private int _isUnsettled;
    private bool _hasReported;

    /// <summary>True when connections may have to go.</summary>
    public bool IsUnsettled => Volatile.Read(ref _isUnsettled) != 0;

    /// <summary>Policy may have changed.</summary>
    public void PolicyChanged() => Volatile.Write(ref _isUnsettled, 1);

    /// <summary>A connection came to an adapter. Policy may have changed since it was asked.</summary>
    /// <returns>False when the connection must go.</returns>
    public bool Check(StackConnection connection)
    {
        if (mover.PolicyAgainst(connection).IsNone)
            return true;
        PolicyChanged();
        return false;
    }

    /// <summary>Moves those that must go, after a change and until none is left.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isUnsettled, 0) == 0)
            return; // Before the look: what changes from here on is looked at again.
        var isSettled = false;
        try
        {
            isSettled = await TryFollowAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!isSettled)
                PolicyChanged(); // Those that stayed are tried again when they have rested.
        }
    }

    private async Task<bool> TryFollowAsync(CancellationToken cancellationToken)
    {
        var leaving = new List<ProposedMove>();
        var stuck = 0;
        foreach (var connection in owner.All)
        {
            if (mover.PolicyAgainst(connection) is not { IsNone: false } cause)
                continue;
            if (connection.Carrier is IMovableCarrier { GiveUpRefusal.IsNone: true })
                leaving.Add(new ProposedMove(connection, new MoveOrder(null, cause) { From = connection.Carrier }));
            else
                stuck++;
        }

        Report(stuck);
        return await new MoveBatch(owner.Moves, AtOnce).RunAsync(leaving, cancellationToken).ConfigureAwait(false) == 0;
    }

    private void Report(int stuck)
    {
        if (stuck > 0 && !_hasReported)
            StackLog.StayedAgainstPolicy(logger, stuck);
        _hasReported = stuck > 0;
    }
}
