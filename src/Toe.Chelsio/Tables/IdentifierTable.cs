namespace Toe.Chelsio.Tables;

/// <summary>
/// debugfs <c>tids</c>: the card's identifiers for connections (TID), listeners (STID), opens under way (ATID) and filters. The file that Unified
/// Wire's README names for seeing how many connections are offloaded. Source: cxgb4_debugfs.c, tid_info_show, of Linux 5.4 and Unified Wire 3.14.0.3.
/// </summary>
internal sealed record IdentifierTable
{
    /// <summary>Offloaded connections; null when the line is missing.</summary>
    public long? Connections { get; private init; }

    /// <summary>Connections.</summary>
    public IdentifierRange? Tids => Find("TID");

    /// <summary>Listeners.</summary>
    public IdentifierRange? Stids => Find("STID");

    /// <summary>Active opens under way.</summary>
    public IdentifierRange? Atids => Find("ATID");

    /// <summary>IPv4 connections in the card's own count.</summary>
    public long? HardwareIPv4 { get; private init; }

    /// <summary>IPv6 connections in the card's own count.</summary>
    public long? HardwareIPv6 { get; private init; }

    private Dictionary<string, IdentifierRange> Ranges { get; init; } = [];

    /// <summary>Any kind of identifier by its name in the file, such as <c>FTID</c> or <c>UOTID</c>.</summary>
    public IdentifierRange? Find(string name) => Ranges.TryGetValue(name, out var range) ? range : null;

    /// <summary>Reads the file; lines that do not have the form are left out.</summary>
    public static IdentifierTable Parse(ReadOnlySpan<char> text)
    {
        var ranges = new Dictionary<string, IdentifierRange>(StringComparer.Ordinal);
        var table = new IdentifierTable { Ranges = ranges };
        foreach (var content in text.EnumerateLines())
        {
            var line = new Line(content);
            if (line.Skip("Connections in use:") && line.ReadNumber(out var connections))
            {
                table = table with { Connections = connections };
                continue;
            }

            line = new Line(content);
            if (line.Skip("HW TID usage:") && line.ReadNumber(out var ipv4) && line.Skip("IP users,") && line.ReadNumber(out var ipv6))
            {
                table = table with { HardwareIPv4 = ipv4, HardwareIPv6 = ipv6 };
                continue;
            }

            line = new Line(content);
            if (line.ReadTo(" range:", out var name) && ranges.Count < TableLimits.Columns && TryReadRange(ref line, out var range))
                ranges.TryAdd(name.ToString(), range);
        }

        return table;
    }

    /// <summary><c>0..5119/6144..18431, in use: 3/9</c>; the comma and the counts may be missing, the counts may have a label.</summary>
    private static bool TryReadRange(ref Line line, out IdentifierRange range)
    {
        range = default;
        long size = 0;
        do
        {
            if (!line.ReadNumber(out var first) || !line.Skip("..") || !line.ReadNumber(out var last) || last < first || !TryAdd(ref size, last - first, 1))
                return false;
        }
        while (line.Skip("/"));

        range = new IdentifierRange(size, null);
        line.Skip(",");
        if (!line.Skip("in use") || !line.ReadTo(":", out _))
            return true;
        long used = 0;
        do
        {
            do
            {
                if (!line.ReadNumber(out var part) || !TryAdd(ref used, part, 0))
                    return true;
            }
            while (line.Skip("/"));
        }
        while (line.Skip(",") && line.Skip("in use") && line.ReadTo(":", out _)); // Later drivers count each family apart.

        range = new IdentifierRange(size, used);
        return true;
    }

    private static bool TryAdd(ref long sum, long part, long more)
    {
        if (sum > long.MaxValue - more - part || part > long.MaxValue - more)
            return false;
        sum += part + more;
        return true;
    }
}
