namespace Toe;

/// <summary>An adapter's answer to an open: a socket, or a refusal.</summary>
/// <param name="Socket">The socket with its entries reserved, nothing sent; null when refused. The stack owns it.</param>
/// <param name="Refusal">Why not; <see cref="ToeReason.None"/> with a socket.</param>
/// <param name="Downgrades">What of the request it cannot honour; null when nothing.</param>
public readonly record struct OpenResult(IToeAdapterSocket? Socket, ToeReason Refusal, IReadOnlyList<ToeReason>? Downgrades)
{
    /// <summary>The adapter takes the connection.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="downgrades">What it cannot honour.</param>
    public static OpenResult Opened(IToeAdapterSocket socket, IReadOnlyList<ToeReason>? downgrades = null) => new(socket, ToeReason.None, downgrades);

    /// <summary>The adapter refuses.</summary>
    /// <param name="refusal">Why.</param>
    public static OpenResult Refused(ToeReason refusal) => new(null, refusal, null);
}
