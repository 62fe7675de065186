namespace Toe.Iwarp;

/// <summary>Where an adapter without an RDMA device stands.</summary>
/// <param name="Rung">Its rung, as <see cref="AdapterStatus.Rung"/> spells it.</param>
/// <param name="Reason">What keeps it there.</param>
public readonly record struct IwarpObstacle(string Rung, ToeReason Reason);
