namespace Toe;

/// <summary>The mode required an adapter and none took the connection, or the modes in force conflict.</summary>
/// <param name="trace">Every adapter, every gate, every answer.</param>
public class ToeOffloadRequiredException(DecisionTrace trace)
    : IOException(Explain(trace))
{
    /// <summary>Every adapter, every gate, every answer.</summary>
    public DecisionTrace Trace { get; } = trace ?? throw new ArgumentNullException(nameof(trace));

    private static string Explain(DecisionTrace? trace)
    {
        var what = trace?.Mode == ToeMode.Forbid
            ? "Offloading was forbidden and the host cannot be kept from it"
            : "Offloading was required and is not to be had";
        return $"{what}: {trace?.Reason}.{Environment.NewLine}{trace}";
    }
}
