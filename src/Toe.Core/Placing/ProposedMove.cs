using Toe.Connections;
using Toe.Moving;

namespace Toe.Placing;

/// <summary>A move that would be good, and need not be.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Order">What to do with it.</param>
internal readonly record struct ProposedMove(StackConnection Connection, MoveOrder Order);
