namespace Toe.Chelsio.Tables;

/// <summary>debugfs <c>devlog</c>: the firmware's own log. Columns <c>Seq#</c>, <c>Tstamp</c>, <c>Level</c>, <c>Facility</c>, <c>Message</c>. Source: cxgb4_debugfs.c, devlog_show.</summary>
internal static class DeviceLog
{
    /// <summary>Reads the file; lines that do not have the form are left out.</summary>
    public static IReadOnlyList<DeviceLogEntry> Parse(ReadOnlySpan<char> text)
    {
        var entries = new List<DeviceLogEntry>();
        foreach (var content in text.EnumerateLines())
        {
            var line = new Line(content);
            if (entries.Count < TableLimits.Rows && line.ReadNumber(out var sequence) && line.ReadNumber(out var timestamp)
                && line.ReadWord(out var level) && line.ReadWord(out var facility))
                entries.Add(new DeviceLogEntry(sequence, timestamp, level.ToString(), facility.ToString(), line.Rest.Trim().ToString()));
        }

        return entries;
    }
}
