using System.Collections.Concurrent;

namespace Toe.Placing;

/// <summary>Moves several connections, few at once. Once an adapter was late, the batch asks no more of it: one that hangs must not hold the others' connections up.</summary>
internal sealed class MoveBatch(AutomaticMoves moves, int atOnce)
{
    private readonly ConcurrentDictionary<string, bool> _late = new(StringComparer.Ordinal);
    private int _left;

    /// <summary>Moves them.</summary>
    /// <returns>How many were refused or not asked about, and are open still.</returns>
    public async Task<int> RunAsync(IEnumerable<ProposedMove> proposed, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(proposed, options, async (move, token) => await MoveAsync(move, token).ConfigureAwait(false)).ConfigureAwait(false);
        return _left;
    }

    private async Task MoveAsync(ProposedMove move, CancellationToken cancellationToken)
    {
        var adapterId = move.Connection.Placement.AdapterId ?? move.Order.AdapterId ?? "";
        if (!_late.ContainsKey(adapterId) && moves.IsRested(move.Connection, move.Order))
        {
            var refusal = await moves.MoveAsync(move.Connection, move.Order, cancellationToken).ConfigureAwait(false);
            if (refusal.IsNone)
                return;
            if (refusal.Is(ToeReasons.InternalProviderLate))
                _late[adapterId] = true;
        }

        if (!move.Connection.IsDisposed)
            Interlocked.Increment(ref _left);
    }
}
