using System.Net;

namespace Toe.Chelsio.Tables;

/// <summary>
/// debugfs <c>l2t</c>: the neighbours that the card knows. Columns <c>Idx</c>, <c>IP address</c>, <c>Ethernet address</c>, <c>VLAN/P</c>, <c>LP</c>, <c>State</c>, <c>Users</c>, <c>Port</c>;
/// only the index is needed here, since a row is an entry in use. Source: cxgb4 l2t.c, l2t_seq_show.
/// </summary>
internal static class L2Table
{
    /// <summary>How many rows there are; null when this is not the table.</summary>
    public static int? CountEntries(ReadOnlySpan<char> text)
    {
        int? count = null;
        foreach (var content in text.EnumerateLines())
        {
            var line = new Line(content);
            if (count is null)
            {
                if (line.Skip("Idx"))
                    count = 0;
            }
            else if (line.ReadNumber(out _) && line.ReadWord(out var address) && IPAddress.TryParse(address, out _))
            {
                count++;
            }
        }

        return count;
    }
}
