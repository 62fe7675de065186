using System.Net;

namespace Toe.Chelsio.Tables;

/// <summary>
/// debugfs <c>clip_tbl</c>: the local IPv6 addresses that the card knows, with their users, and last <c>Free clip entries : N</c>. Source: cxgb4 clip_tbl.c,
/// clip_tbl_show.
/// </summary>
/// <param name="Used">Addresses in the table.</param>
/// <param name="Free">Entries that are left; null when the line is missing.</param>
internal readonly record struct ClipTable(int Used, long? Free)
{
    /// <summary>Reads the file; lines that do not have the form are left out.</summary>
    public static ClipTable Parse(ReadOnlySpan<char> text)
    {
        var used = 0;
        long? free = null;
        foreach (var content in text.EnumerateLines())
        {
            var line = new Line(content);
            if (line.Skip("Free clip entries") && line.Skip(":"))
            {
                if (line.ReadNumber(out var number))
                    free = number;
                continue;
            }

            line = new Line(content);
            if (line.ReadWord(out var address) && address.Contains(':') && IPAddress.TryParse(address, out _))
                used++;
        }

        return new ClipTable(used, free);
    }
}
