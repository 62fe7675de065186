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
        var leaving = new List<(StackConnection Connection, ToeReason Cause)>();
        var stuck = 0;
        foreach (var connection in owner.All)
        {
            if (mover.PolicyAgainst(connection) is not { IsNone: false } cause)
                continue;
            if (connection.Carrier is IMovableCarrier { GiveUpRefusal.IsNone: true })
                leaving.Add((connection, cause));
            else
                stuck++;
        }

        Report(stuck);
        await Parallel.ForEachAsync(
            leaving, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (left, token) => await MoveAsync(left.Connection, left.Cause, token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task MoveAsync(StackConnection connection, ToeReason cause, CancellationToken cancellationToken)
    {
        var order = new MoveOrder(null, cause) { From = connection.Carrier };
        var refusal = owner.Moves.IsRested(connection) ? await owner.Moves.MoveAsync(connection, order, cancellationToken).ConfigureAwait(false) : cause;
        if (!refusal.IsNone && !connection.IsDisposed)
            PolicyChanged(); // Tried again when it has rested.
    }

    private void Report(int stuck)
    {
        if (stuck > 0 && !_hasReported)
            StackLog.StayedAgainstPolicy(logger, stuck);
        _hasReported = stuck > 0;
    }
}
