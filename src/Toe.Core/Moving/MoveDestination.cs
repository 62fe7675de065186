using Toe.Adapters;
using Toe.Connections;

namespace Toe.Moving;

/// <summary>Where a move goes: the place that the target prepared.</summary>
/// <param name="Adapter">The target.</param>
/// <param name="Life">Its life when it was asked.</param>
/// <param name="Place">The place.</param>
/// <param name="Events">The receiver of the new socket's events.</param>
internal sealed record MoveDestination(SupervisedAdapter Adapter, AdapterLife Life, IMoveTarget Place, CarrierEvents Events)
{
    public void Abandon() => _ = Adapter.CloseInBackground(Place.AbandonAsync);
}
