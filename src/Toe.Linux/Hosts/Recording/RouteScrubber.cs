using System.Runtime.InteropServices;

namespace Toe.Linux.Recording;

/// <summary>Keeps of rtnetlink messages what this SDK reads, with other addresses; what it does not read is left out, so that nothing hides in it. Total: a message that does not have the form is left out.</summary>
internal sealed class RouteScrubber(AddressScrubber addresses)
{
    private const int NextHopSize = 8;      // struct rtnexthop, linux/rtnetlink.h

    /// <summary>How an attribute is treated.</summary>
    private enum Treatment
    {
        LeaveOut,
        Keep,
        Hardware,
        Address,
        Destination,
        Source,
        Via,
        Kind,
        NextHops,
    }

    /// <summary>The message with other addresses; null when it is left out.</summary>
    /// <param name="command">The question it answers: RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH, RTM_GETRULE.</param>
    /// <param name="payload">What follows nlmsghdr.</param>
    public byte[]? Scrub(int command, ReadOnlySpan<byte> payload)
    {
        var size = command switch { RouteMessageType.GetLink => InterfaceInfoMessage.Size, RouteMessageType.GetAddress => InterfaceAddressMessage.Size, _ => RouteMessage.Size };
        if (payload.Length < size)
            return null;
        var header = payload[..size].ToArray();
        var message = new List<byte>(payload.Length);
        message.AddRange(header);
        return TryCopy(command, header, payload[size..], message) ? [.. message] : null;
    }

    private bool TryCopy(int command, byte[] header, ReadOnlySpan<byte> attributes, List<byte> message)
    {
        var reader = new AttributeReader(attributes);
        while (reader.TryRead(out var type, out var value))
        {
            var copy = value.ToArray();
            switch (Of(command, type))
            {
                case Treatment.LeaveOut:
                    continue;
                case Treatment.Hardware:
                    addresses.ScrubHardware(copy);
                    break;
                case Treatment.Address:
                    ScrubAddress(copy, 128);
                    break;
                case Treatment.Destination:
                    ScrubAddress(copy, header[1]); // rtm_dst_len and frh.dst_len are the second octet
                    break;
                case Treatment.Source:
                    ScrubAddress(copy, header[2]);
                    break;
                case Treatment.Via when copy.Length > 2:
                    ScrubAddress(copy.AsSpan(2), 128); // struct rtvia: a family of 16 bits before it
                    break;
                case Treatment.Kind:
                    copy = KindOnly(value);
                    break;
                case Treatment.NextHops:
                    copy = NextHops(value);
                    break;
            }

            AttributeCopy.Append(message, type, copy);
        }

        return !reader.IsMalformed;
    }

    private static Treatment Of(int command, ushort type) => (command, type) switch
    {
        (RouteMessageType.GetLink, 1 or 2) => Treatment.Hardware,                               // IFLA_ADDRESS, IFLA_BROADCAST
        (RouteMessageType.GetLink, 3 or 4 or 5 or 10 or 16 or 33 or 37) => Treatment.Keep,      // IFNAME, MTU, LINK, MASTER, OPERSTATE, CARRIER, LINK_NETNSID
        (RouteMessageType.GetLink, 18) => Treatment.Kind,                                       // IFLA_LINKINFO
        (RouteMessageType.GetAddress, 1 or 2) => Treatment.Address,                             // IFA_ADDRESS, IFA_LOCAL
        (RouteMessageType.GetAddress, 8) => Treatment.Keep,                                     // IFA_FLAGS
        (RouteMessageType.GetRoute or RouteMessageType.GetRule, 1) => Treatment.Destination,    // RTA_DST, FRA_DST
        (RouteMessageType.GetRoute or RouteMessageType.GetRule, 2) => Treatment.Source,         // RTA_SRC, FRA_SRC
        (RouteMessageType.GetRoute, 5 or 7) => Treatment.Address,                               // RTA_GATEWAY, RTA_PREFSRC
        (RouteMessageType.GetRoute, 4 or 6 or 8 or 15) => Treatment.Keep,                       // OIF, PRIORITY, METRICS, TABLE
        (RouteMessageType.GetRoute, 9) => Treatment.NextHops,                                   // RTA_MULTIPATH
        (RouteMessageType.GetRoute, 18) => Treatment.Via,                                       // RTA_VIA
        (RouteMessageType.GetRule, >= 3 and <= 30) => Treatment.Keep,                           // FRA_IIFNAME to FRA_DSCP_MASK: names and numbers
        (RouteMessageType.GetNeighbour, 1) => Treatment.Address,                                // NDA_DST
        (RouteMessageType.GetNeighbour, 2) => Treatment.Hardware,                               // NDA_LLADDR
        _ => Treatment.LeaveOut,
    };

    private void ScrubAddress(Span<byte> octets, int bits)
    {
        if (octets.Length is 4 or 16)
            addresses.Scrub(octets, bits);
    }

    /// <summary>The kind, and of a VRF its table: a number that its rules and routes name (linux/if_link.h).</summary>
    private static byte[] KindOnly(ReadOnlySpan<byte> value)
    {
        const ushort InfoData = 2; // IFLA_INFO_DATA
        var kept = new List<byte>();
        var isVrf = false;
        var reader = new AttributeReader(value);
        while (reader.TryRead(out var type, out var content))
        {
            if (type == InterfaceInfoMessage.InfoKind)
                isVrf = content.TrimEnd((byte)0).SequenceEqual("vrf"u8);
            if (type == InterfaceInfoMessage.InfoKind || (type == InfoData && isVrf))
                AttributeCopy.Append(kept, type, content);
        }

        return [.. kept];
    }

    private byte[] NextHops(ReadOnlySpan<byte> value)
    {
        var kept = new List<byte>();
        while (value.Length >= NextHopSize && MemoryMarshal.Read<ushort>(value) is var length && length >= NextHopSize && length <= value.Length)
        {
            var hop = new List<byte>(value[..NextHopSize].ToArray());
            var reader = new AttributeReader(value[NextHopSize..length]);
            while (reader.TryRead(out var type, out var content))
            {
                var copy = content.ToArray();
                if (type == RouteMessage.AttributeGateway)
                    ScrubAddress(copy, 128);
                else if (type == RouteMessage.AttributeVia && copy.Length > 2)
                    ScrubAddress(copy.AsSpan(2), 128);
                else
                    continue;
                AttributeCopy.Append(hop, type, copy);
            }

            hop[0] = (byte)hop.Count;
            hop[1] = (byte)(hop.Count >> 8);
            kept.AddRange(hop);
            value = value[Math.Min((length + 3) & ~3, value.Length)..];
        }

        return [.. kept];
    }
}
