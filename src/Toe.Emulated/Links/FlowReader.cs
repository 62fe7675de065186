using System.Buffers.Binary;

namespace Toe.Emulated.Links;

/// <summary>
/// Finds the endpoints of a packet: TCP and UDP by their ports, ICMP errors by the packet they quote (RFC 792, RFC 4443 §2.4). Total.
/// </summary>
internal static class FlowReader
{
    private const int IcmpHeader = 8;
    private const int MostExtensionHeaders = 8;

    /// <summary>What is quoted may be cut short.</summary>
    private const int AnyLength = int.MaxValue;

    /// <summary>The flow as the receiver sees it, or why there is none.</summary>
    /// <param name="packet">The packet's headers at least.</param>
    /// <param name="length">The length of the whole packet.</param>
    /// <param name="flow">The flow.</param>
    /// <param name="cause">Why there is none.</param>
    internal static bool TryRead(ReadOnlySpan<byte> packet, int length, out FlowKey flow, out LinkDropCause cause)
    {
        flow = default;
        if (!TryReadHeader(packet, length, out var source, out var destination, out var protocol, out var payload, out cause))
            return false;
        switch (protocol)
        {
            case IpProtocol.Tcp or IpProtocol.Udp:
                return TryPorts(payload, destination, source, swap: true, out flow, out cause);
            case IpProtocol.Icmp when payload.Length >= IcmpHeader
                && payload[0] is IcmpType.Unreachable or IcmpType.TimeExceeded or IcmpType.ParameterProblem:
            case IpProtocol.IcmpV6 when payload.Length >= IcmpHeader
                && payload[0] is >= IcmpType.V6FirstError and <= IcmpType.V6LastError:
                // The quoted packet is one the receiver sent: its source is the receiver's own endpoint.
                if (!TryReadHeader(payload[IcmpHeader..], AnyLength, out source, out destination, out protocol, out payload, out cause))
                    return false;
                if (protocol is IpProtocol.Tcp or IpProtocol.Udp)
                    return TryPorts(payload, source, destination, swap: false, out flow, out cause);
                break;
        }

        cause = LinkDropCause.UnsupportedProtocol;
        return false;
    }

    private static bool TryReadHeader(
        ReadOnlySpan<byte> packet,
        int length,
        out UInt128 source,
        out UInt128 destination,
        out int protocol,
        out ReadOnlySpan<byte> payload,
        out LinkDropCause cause)
    {
        source = destination = default;
        protocol = 0;
        payload = default;
        cause = LinkDropCause.Malformed;
        if (packet.Length < 20)
            return false;
        if (packet[0] >> 4 == 4)
        {
            var header = (packet[0] & 0xF) * 4;
            var total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
            if (header < 20 || header > packet.Length || total < header || total > length)
                return false;
            // More fragments, or not the first: without ports.
            if ((BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3FFF) != 0)
            {
                cause = LinkDropCause.Fragment;
                return false;
            }

            source = AddressValue.Read(packet.Slice(12, 4));
            destination = AddressValue.Read(packet.Slice(16, 4));
            protocol = packet[9];
            payload = packet[header..Math.Min(total, packet.Length)];
            return true;
        }

        if (packet[0] >> 4 != 6 || packet.Length < 40)
            return false;
        var whole = 40 + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        if (whole > length)
            return false;
        source = AddressValue.Read(packet.Slice(8, 16));
        destination = AddressValue.Read(packet.Slice(24, 16));
        return TrySkipExtensions(packet[6], packet[40..Math.Min(whole, packet.Length)], out protocol, out payload, out cause);
    }

    // RFC 8200 §4: hop-by-hop, routing and destination options have a length in units of eight bytes, the first not counted.
    private static bool TrySkipExtensions(
        int next, ReadOnlySpan<byte> rest, out int protocol, out ReadOnlySpan<byte> payload, out LinkDropCause cause)
    {
        protocol = next;
        payload = rest;
        cause = LinkDropCause.Malformed;
        for (var count = 0; count < MostExtensionHeaders; count++)
        {
            if (protocol == IpProtocol.V6Fragment)
            {
                cause = LinkDropCause.Fragment;
                return false;
            }

            if (protocol is not (IpProtocol.V6HopByHop or IpProtocol.V6Routing or IpProtocol.V6DestinationOptions))
                return true;
            if (payload.Length < 8)
                return false;
            var length = (payload[1] + 1) * 8;
            if (length > payload.Length)
                return false;
            protocol = payload[0];
            payload = payload[length..];
        }

        return false;
    }

    private static bool TryPorts(ReadOnlySpan<byte> payload, UInt128 local, UInt128 remote, bool swap, out FlowKey flow, out LinkDropCause cause)
    {
        flow = default;
        cause = LinkDropCause.Malformed;
        if (payload.Length < 4)
            return false;
        int first = BinaryPrimitives.ReadUInt16BigEndian(payload), second = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
        flow = swap ? new(local, second, remote, first) : new(local, first, remote, second);
        return true;
    }
}
