namespace Toe;

/// <summary>The mode required an adapter and none took the connection, or the modes in force conflict.</summary>
/// <param name="trace">Every adapter, every gate, every answer.</param>
public class ToeOffloadRequiredException(DecisionTrace trace)
    : IOException($"Offload was required and is not to be had: {trace?.Reason}.{Environment.NewLine}{trace}")
{
    /// <summary>Every adapter, every gate, every answer.</summary>
    public DecisionTrace Trace { get; } = trace ?? throw new ArgumentNullException(nameof(trace));
}
