namespace Toe.Emulated.Links;

/// <summary>How a capture fares.</summary>
public enum CaptureState
{
    /// <summary>Packets are written.</summary>
    Running,

    /// <summary>The next packet would have gone over the limit; the capture is complete up to there.</summary>
    Full,

    /// <summary>Writing failed; what was written before remains.</summary>
    Failed,
}
