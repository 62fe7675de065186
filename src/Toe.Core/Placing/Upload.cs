using Toe.Connections;

namespace Toe.Placing;

/// <summary>A connection that an adapter or policy sent to the host stack, and that may return.</summary>
/// <param name="Host">What carries it there; once it is carried by something else, somebody has decided anew.</param>
/// <param name="Reason">Why it was sent.</param>
/// <param name="At">When, as the stack's clock counts.</param>
internal sealed record Upload(Carrier Host, ToeReason Reason, long At);
