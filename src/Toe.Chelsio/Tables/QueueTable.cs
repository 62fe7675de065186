namespace Toe.Chelsio.Tables;

/// <summary>
/// debugfs <c>sge_qinfo</c>: the queues between host and card, in blocks that begin with <c>QType:</c>. A block of kind <c>TOE</c> shows that the offload driver is
/// attached. Source: cxgb4_debugfs.c, sge_qinfo_show.
/// </summary>
internal static class QueueTable
{
    /// <summary>Reads the file; lines before the first block, and without a colon, are left out.</summary>
    public static IReadOnlyList<QueueBlock> Parse(ReadOnlySpan<char> text)
    {
        var blocks = new List<QueueBlock>();
        Dictionary<string, IReadOnlyList<string>>? rows = null;
        foreach (var content in text.EnumerateLines())
        {
            var line = new Line(content);
            if (!line.ReadTo(":", out var label))
                continue;
            // Kinds may be of two words, such as "FW event queue": columns are two spaces apart or more.
            var words = line.Rest.ToString().Split("  ", TableLimits.Columns, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (label is "QType")
            {
                if (blocks.Count == TableLimits.Rows || words.Length == 0)
                    return blocks;
                rows = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
                blocks.Add(new QueueBlock(words[0], words.Length, rows));
            }
            else if (rows is { Count: < TableLimits.Columns })
            {
                rows.TryAdd(label.ToString(), words);
            }
        }

        return blocks;
    }
}
