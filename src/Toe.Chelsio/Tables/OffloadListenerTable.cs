using System.Net;

namespace Toe.Chelsio.Tables;

/// <summary>
/// <c>/proc/net/offload/toeN/listeners</c>: <c>TID</c>, <c>Port</c>, <c>IP address</c>, and <c>Bucket</c> between them in builds that have it. Columns are found
/// by the header. Source: Unified Wire 3.14.0.3, t4_tom/listen.c.
/// </summary>
internal static class OffloadListenerTable
{
    /// <summary>Reads the file; rows that do not have the form are left out.</summary>
    public static IReadOnlyList<OffloadListener> Parse(ReadOnlySpan<char> text)
    {
        var listeners = new List<OffloadListener>();
        string[]? columns = null;
        foreach (var content in text.EnumerateLines())
        {
            if (columns is null)
            {
                columns = content.ToString().Replace("IP address", "Address", StringComparison.Ordinal).Split((char[]?)null, TableLimits.Columns, StringSplitOptions.RemoveEmptyEntries);
                if (Array.IndexOf(columns, "TID") < 0 || Array.IndexOf(columns, "Port") < 0)
                    columns = null;
                continue;
            }

            if (listeners.Count < TableLimits.Rows && TryReadRow(content, columns) is { } listener)
                listeners.Add(listener);
        }

        return listeners;
    }

    private static OffloadListener? TryReadRow(ReadOnlySpan<char> content, string[] columns)
    {
        long? stid = null, port = null;
        IPAddress? address = null;
        var line = new Line(content);
        foreach (var column in columns)
        {
            if (!line.ReadWord(out var word))
                break;
            var field = new Line(word);
            if (column == "TID" && field.ReadNumber(out var number))
                stid = number;
            else if (column == "Port" && field.ReadNumber(out number))
                port = number;
            else if (column == "Address" && IPAddress.TryParse(word, out var parsed))
                address = parsed;
        }

        return stid is { } id && port is > 0 and <= 65535 && address is not null ? new OffloadListener(id, (int)port, address) : null;
    }
}
