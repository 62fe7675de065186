namespace Toe;

/// <summary>An adapter's answer to a listen: a listener, or a refusal.</summary>
/// <param name="Listener">The listener; null when refused. The stack owns it.</param>
/// <param name="Refusal">Why not; <see cref="ToeReason.None"/> with a listener.</param>
/// <param name="Downgrades">What of the request it cannot honour; null when nothing.</param>
public readonly record struct ListenResult(IToeAdapterListener? Listener, ToeReason Refusal, IReadOnlyList<ToeReason>? Downgrades)
{
    /// <summary>The adapter listens.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="downgrades">What it cannot honour.</param>
    public static ListenResult Listening(IToeAdapterListener listener, IReadOnlyList<ToeReason>? downgrades = null) =>
        new(listener, ToeReason.None, downgrades);

    /// <summary>The adapter refuses.</summary>
    /// <param name="refusal">Why.</param>
    public static ListenResult Refused(ToeReason refusal) => new(null, refusal, null);
}
