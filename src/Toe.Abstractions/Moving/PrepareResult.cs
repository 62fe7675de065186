namespace Toe;

/// <summary>An adapter's answer to <see cref="IImportsState.PrepareAsync"/>: a place, or a refusal.</summary>
/// <param name="Place">The place, with its entries reserved; null when refused. The stack activates or abandons it.</param>
/// <param name="Refusal">Why not; <see cref="ToeReason.None"/> with a place.</param>
public readonly record struct PrepareResult(IMoveTarget? Place, ToeReason Refusal)
{
    /// <summary>The adapter will take the connection.</summary>
    /// <param name="place">The place.</param>
    public static PrepareResult Prepared(IMoveTarget place) => new(place, ToeReason.None);

    /// <summary>The adapter refuses.</summary>
    /// <param name="refusal">Why.</param>
    public static PrepareResult Refused(ToeReason refusal) => new(null, refusal);
}
