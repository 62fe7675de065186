namespace Toe.Diagnostics;

/// <summary>Progress of moves.</summary>
/// <param name="Connection">The connection that is done; null when only time has passed.</param>
/// <param name="Remaining">Connections that are still to be moved, those that stayed included.</param>
public sealed record MoveStep(MoveReport? Connection, int Remaining);
