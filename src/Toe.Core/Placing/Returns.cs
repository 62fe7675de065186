using Toe.Adapters;
using Toe.Connections;
using Toe.Moving;

namespace Toe.Placing;

/// <summary>Picks connections that return to an adapter: not before it has been well for long enough, so that a card that comes and goes does not take its connections with it.</summary>
internal sealed class Returns(AutomaticMoves moves, Places places, TimeProvider time)
{
    public IEnumerable<ProposedMove> Propose(PlacementOptions options)
    {
        foreach (var (connection, upload) in moves.Uploads)
        {
            if (connection.IsDisposed || connection.Carrier != upload.Host || !options.Return)
                moves.Forget(connection);
            else if (moves.MayGoToAdapter(connection) && IsRipe(connection, upload, options) && PlaceFor(connection, upload, options) is { } adapter)
                yield return new ProposedMove(connection, new MoveOrder(adapter.Identity.Id, ToeReason.None) { From = upload.Host });
        }
    }

    private static bool IsFromPolicy(ToeReason reason) => reason.Class is ToeReasonClass.Policy or ToeReasonClass.Operator;

    private static bool IsFromDisuse(ToeReason reason) => reason.Is(ToeReasons.QualityLowActivity) || reason.Is(ToeReasons.QualitySmallIo);

    /// <summary>What left for want of use returns by use.</summary>
    private bool IsRipe(StackConnection connection, Upload upload, PlacementOptions options) =>
        !IsFromDisuse(upload.Reason) || (connection.Traffic is { } traffic && traffic.IsPromising(time, options));

    private SupervisedAdapter? PlaceFor(StackConnection connection, Upload upload, PlacementOptions options)
    {
        var isAtOnce = IsFromPolicy(upload.Reason) || IsFromDisuse(upload.Reason);
        return places.For(connection, adapter => isAtOnce || IsWell(adapter, upload, options.ReturnAfter));
    }

    private bool IsWell(SupervisedAdapter adapter, Upload upload, TimeSpan forLong) =>
        adapter.WellSince is { } since && time.GetElapsedTime(Math.Max(since, upload.At)) >= forLong;
}
