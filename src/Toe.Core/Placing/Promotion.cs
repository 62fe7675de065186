using Toe.Connections;
using Toe.Moving;

namespace Toe.Placing;

/// <summary>Picks connections that began on the host stack and have shown that they gain by an adapter, those with the highest rate first.</summary>
internal sealed class Promotion(ConnectionOwner owner, Places places, TimeProvider time)
{
    public IEnumerable<ProposedMove> Propose(PlacementOptions options)
    {
        if (!options.StartOnHost && !options.Demote)
            yield break;
        var promising = owner.All.Where(connection => IsCandidate(connection) && connection.Traffic is { } traffic && traffic.IsPromising(time, options)).ToList();
        foreach (var connection in promising.OrderByDescending(static connection => connection.Traffic!.BytesPerSecond))
        {
            if (owner.Moves.MayGoToAdapter(connection) && places.For(connection, static _ => true) is { } adapter)
                yield return new ProposedMove(connection, new MoveOrder(adapter.Identity.Id, ToeReason.None) { From = connection.Carrier });
        }
    }

    /// <summary>Those that are on the host stack because they had to show first, or because a table was full.</summary>
    private static bool IsCandidate(StackConnection connection)
    {
        var (carrier, reason) = (connection.Carrier, connection.Placement.Reason);
        return carrier.Adapter is null && (reason.Is(ToeReasons.QualityStartsOnHost) || reason.Class == ToeReasonClass.Resource)
            && carrier is IMovableCarrier { GiveUpRefusal.IsNone: true };
    }
}
