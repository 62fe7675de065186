using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>The neighbours of a host (RTM_GETNEIGH). Source: linux/neighbour.h.</summary>
public static class NeighbourTable
{
    private const int HeaderSize = 12;              // struct ndmsg
    private const ushort Destination = 1;           // NDA_DST
    private const ushort LinkLayerAddress = 2;      // NDA_LLADDR

    /// <summary>Reads all neighbours. No capability is needed.</summary>
    /// <param name="host">The host.</param>
    /// <returns>The neighbours in the kernel's order; one whose message cannot be read is left out.</returns>
    public static HostAnswer<IReadOnlyList<NeighbourEntry>> Read(ILinuxHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var dump = host.Netlink(new NetlinkQuestion("route", RouteMessageType.GetNeighbour, ReadOnlyMemory<byte>.Empty) { IsDump = true });
        return dump.IsFound
            ? HostAnswers.Found<IReadOnlyList<NeighbourEntry>>([.. dump.Value.Select(static payload => Parse(payload)).OfType<NeighbourEntry>()])
            : HostAnswers.Failed<IReadOnlyList<NeighbourEntry>>(dump.ErrorNumber, dump.Text);
    }

    /// <summary>Reads one message; null when it is malformed or no address of IPv4 or IPv6.</summary>
    internal static NeighbourEntry? Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < HeaderSize)
            return null;
        var index = MemoryMarshal.Read<int>(payload[4..]);
        var state = (NeighbourState)MemoryMarshal.Read<ushort>(payload[8..]);
        IPAddress? address = null;
        PhysicalAddress? hardware = null;
        var reader = new AttributeReader(payload[HeaderSize..]);
        while (reader.TryRead(out var type, out var value))
        {
            if (type == Destination && !RouteParser.TryAddress(payload[0], value, out address))
                return null;
            if (type == LinkLayerAddress && !value.IsEmpty)
                hardware = new PhysicalAddress(value.ToArray());
        }

        return reader.IsMalformed || address is null || index <= 0 ? null : new NeighbourEntry(index, address, state, hardware);
    }
}
