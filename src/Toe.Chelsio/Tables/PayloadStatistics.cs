namespace Toe.Chelsio.Tables;

/// <summary>
/// debugfs <c>pm_stats</c>: what went through the card's payload memory, for transmission and for reception, in commands and bytes. A heading that names
/// <c>Tx pcmds</c> or <c>Rx pcmds</c> begins each half. Source: cxgb4_debugfs.c, pm_stats_show.
/// </summary>
internal sealed class PayloadStatistics
{
    private readonly Dictionary<string, PayloadCounter> _transmit = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PayloadCounter> _receive = new(StringComparer.Ordinal);

    /// <summary>The rows for transmission, by their label without the colon.</summary>
    public IReadOnlyDictionary<string, PayloadCounter> Transmit => _transmit;

    /// <summary>The rows for reception, by their label without the colon.</summary>
    public IReadOnlyDictionary<string, PayloadCounter> Receive => _receive;

    /// <summary>Reads the file; lines that do not have the form are left out.</summary>
    public static PayloadStatistics Parse(ReadOnlySpan<char> text)
    {
        var statistics = new PayloadStatistics();
        Dictionary<string, PayloadCounter>? half = null;
        foreach (var content in text.EnumerateLines())
        {
            if (content.Contains("pcmds", StringComparison.Ordinal))
            {
                half = content.Contains("Tx", StringComparison.Ordinal) ? statistics._transmit : statistics._receive;
                continue;
            }

            var line = new Line(content);
            if (half is { Count: < TableLimits.Columns } && line.ReadTo(":", out var label) && line.ReadNumber(out var commands) && line.ReadNumber(out var bytes))
                half.TryAdd(label.ToString(), new PayloadCounter(commands, bytes));
        }

        return statistics;
    }
}
