using System.Net;
using System.Net.Sockets;

namespace Toe.Connecting;

/// <summary>Orders resolved addresses as RFC 8305 §4 asks: families alternate, starting with the one the resolver put first, the resolver's order kept within each.</summary>
internal static class AddressOrder
{
    public static List<IPAddress> Interleave(IReadOnlyList<IPAddress> resolved)
    {
        if (resolved.Count == 0)
            return [];
        var first = new Queue<IPAddress>(resolved.Where(address => address.AddressFamily == resolved[0].AddressFamily));
        var second = new Queue<IPAddress>(resolved.Where(address =>
            address.AddressFamily != resolved[0].AddressFamily && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6));
        var ordered = new List<IPAddress>(resolved.Count);
        while (first.Count > 0 || second.Count > 0)
        {
            if (first.TryDequeue(out var address))
                ordered.Add(address);
            if (second.TryDequeue(out address))
                ordered.Add(address);
        }

        return ordered;
    }
}
