namespace Toe.Chelsio.Tables;

/// <summary>
/// Files of lines <c>label: value</c> or <c>label value value …</c>: <c>/proc/net/offload/toeN/info</c>, and debugfs <c>tp_stats</c>, <c>tx_rate</c>,
/// <c>resources</c>, <c>sensors</c>, <c>tls</c>, <c>crypto</c>, <c>uld</c>. A label ends at its last colon; each has one value for each of its columns (channels).
/// Spaces differ between drivers and mean nothing. Source: cxgb4_debugfs.c of Linux 5.4 and Unified Wire 3.14.0.3.
/// </summary>
internal sealed class LabelledValues
{
    private readonly Dictionary<string, IReadOnlyList<string>> _values = new(StringComparer.Ordinal);

    /// <summary>The labels, in no order.</summary>
    public IReadOnlyCollection<string> Labels => _values.Keys;

    /// <summary>The words behind a label; empty when there is none.</summary>
    public IReadOnlyList<string> Words(string label) => _values.GetValueOrDefault(label, []);

    /// <summary>The number behind a label, in its first column; null when there is none. What follows the digits, such as a unit, is not read.</summary>
    public long? Number(string label) => Words(label) is [var first, ..] && new Line(first) is var line && line.ReadNumber(out var number) ? number : null;

    /// <summary>The sum of a label's columns; null when one of them is no number, or there is none.</summary>
    public long? Sum(string label)
    {
        long sum = 0;
        var words = Words(label);
        foreach (var word in words)
        {
            if (new Line(word) is var line && line.ReadNumber(out var number) && line.IsEmpty && sum <= long.MaxValue - number)
                sum += number;
            else
                return null;
        }

        return words.Count == 0 ? null : sum;
    }

    /// <summary>Reads a file; of lines with the same label the first counts.</summary>
    public static LabelledValues Parse(ReadOnlySpan<char> text)
    {
        var values = new LabelledValues();
        foreach (var content in text.EnumerateLines())
        {
            var colon = content.LastIndexOf(':');
            if (colon <= 0 || values._values.Count == TableLimits.Rows)
                continue;
            var label = content[..colon].Trim().ToString();
            if (label.Length != 0)
                values._values.TryAdd(label, content[(colon + 1)..].ToString().Split((char[]?)null, TableLimits.Columns, StringSplitOptions.RemoveEmptyEntries));
        }

        return values;
    }
}
