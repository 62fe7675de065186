using Toe.Connections;

namespace Toe.Connecting;

/// <summary>How an attempt on an adapter ended: with a carrier, or with the adapter's refusal.</summary>
/// <param name="Carrier">The connected carrier; null when refused.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Downgrades">What the adapter does not honour.</param>
internal readonly record struct AttemptResult(Carrier? Carrier, ToeReason Refusal, IReadOnlyList<ToeReason> Downgrades)
{
    public static AttemptResult Refused(ToeReason refusal) => new(null, refusal, []);
}
