namespace Toe;

/// <summary>An adapter's answer to <see cref="ICapturesPackets.StartCaptureAsync"/>: a capture, or a refusal.</summary>
/// <param name="Capture">The running capture; null when refused. Its disposal ends it: no packet is given after that has returned.</param>
/// <param name="Refusal">Why not; <see cref="ToeReason.None"/> with a capture.</param>
public readonly record struct CaptureResult(IAsyncDisposable? Capture, ToeReason Refusal)
{
    /// <summary>The capture runs.</summary>
    /// <param name="capture">The capture.</param>
    public static CaptureResult Started(IAsyncDisposable capture) => new(capture, ToeReason.None);

    /// <summary>The adapter refuses.</summary>
    /// <param name="refusal">Why.</param>
    public static CaptureResult Refused(ToeReason refusal) => new(null, refusal);
}
