using System.Buffers.Binary;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>
/// Finds the flow of a packet: TCP by its ports, ICMP errors by the packet they quote (RFC 792, RFC 4443 §2.4). Total. It finds one wherever the
/// engine does, which answers what belongs to no flow of its own with a reset.
/// </summary>
internal static class FlowReader
{
    private const int IcmpHeader = 8;
    private const int PortsLength = 4;

    /// <summary>What is quoted may be cut short.</summary>
    private const int AnyLength = int.MaxValue;

    /// <summary>The flow as the receiver sees it, or why there is none.</summary>
    /// <param name="packet">The packet's headers at least.</param>
    /// <param name="length">The length of the whole packet.</param>
    /// <param name="flow">The flow.</param>
    /// <param name="cause">Why there is none.</param>
    internal static bool TryRead(ReadOnlySpan<byte> packet, int length, out FourTuple flow, out LinkDropCause cause)
    {
        flow = default;
        switch (ReadHeader(packet, length, out var source, out var destination, out var payload))
        {
            case ParseResult.Tcp:
                return TryPorts(payload, source, destination, isReversed: true, out flow, out cause);
            case ParseResult.Icmp:
                return TryQuoted(source.IsV4, payload, out flow, out cause);
            case ParseResult.Fragment:
                cause = LinkDropCause.Fragment;
                return false;
            case ParseResult.UnknownProtocol:
                cause = LinkDropCause.UnsupportedProtocol;
                return false;
            default:
                cause = LinkDropCause.Malformed;
                return false;
        }
    }

    /// <summary>The flow of a first fragment, which has the ports that its later ones lack.</summary>
    internal static bool TryReadFirstFragment(ReadOnlySpan<byte> packet, out FourTuple flow)
    {
        flow = default;
        if (packet.Length < Ipv4Header.MinimumLength)
            return false;
        if (packet[0] >> 4 == 4)
        {
            const int offsetMask = 0x1FFF; // RFC 791 §3.1
            var header = (packet[0] & 0xF) * 4;
            return packet[9] == IpProtocol.Tcp && header <= packet.Length && (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & offsetMask) == 0
                && TryPorts(packet[header..], AddressValue.Read(packet.Slice(12, 4)), AddressValue.Read(packet.Slice(16, 4)), isReversed: true, out flow, out _);
        }

        const int fragmentHeader = 8; // RFC 8200 §4.5
        return packet.Length >= Ipv6Header.Length + fragmentHeader && packet[6] == IpProtocol.Fragment && packet[Ipv6Header.Length] == IpProtocol.Tcp
            && (BinaryPrimitives.ReadUInt16BigEndian(packet[(Ipv6Header.Length + 2)..]) & 0xFFF8) == 0
            && TryPorts(packet[(Ipv6Header.Length + fragmentHeader)..], AddressValue.Read(packet.Slice(8, 16)), AddressValue.Read(packet.Slice(24, 16)), isReversed: true, out flow, out _);
    }

    /// <summary>The quoted packet is one the receiver sent: its source is the receiver's own endpoint.</summary>
    private static bool TryQuoted(bool isV4, ReadOnlySpan<byte> message, out FourTuple flow, out LinkDropCause cause)
    {
        flow = default;
        cause = LinkDropCause.UnsupportedProtocol;
        return message.Length >= IcmpHeader && IsError(isV4, message[0])
            && ReadHeader(message[IcmpHeader..], AnyLength, out var source, out var destination, out var payload) == ParseResult.Tcp
            && TryPorts(payload, source, destination, isReversed: false, out flow, out cause);
    }

    private static bool IsError(bool isV4, byte type) => isV4
        ? type is IcmpType.Unreachable or IcmpType.TimeExceeded or IcmpType.ParameterProblem
        : type is >= IcmpType.V6FirstError and <= IcmpType.V6LastError;

    private static ParseResult ReadHeader(
        ReadOnlySpan<byte> packet, int length, out AddressValue source, out AddressValue destination, out ReadOnlySpan<byte> payload)
    {
        source = destination = default;
        payload = default;
        if (packet.Length < Ipv4Header.MinimumLength)
            return ParseResult.Malformed;
        if (packet[0] >> 4 == 4)
        {
            var header = (packet[0] & 0xF) * 4;
            var total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
            if (header < Ipv4Header.MinimumLength || header > packet.Length || total < header || total > length)
                return ParseResult.Malformed;
            source = AddressValue.Read(packet.Slice(12, 4));
            destination = AddressValue.Read(packet.Slice(16, 4));
            payload = packet[header..Math.Min(total, packet.Length)];
            // More fragments, or not the first: without ports.
            if ((BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3FFF) != 0)
                return ParseResult.Fragment;
            return packet[9] switch
            {
                IpProtocol.Tcp => ParseResult.Tcp,
                IpProtocol.Icmp => ParseResult.Icmp,
                _ => ParseResult.UnknownProtocol,
            };
        }

        if (packet[0] >> 4 != 6 || packet.Length < Ipv6Header.Length)
            return ParseResult.Malformed;
        var whole = Ipv6Header.Length + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        if (whole > length)
            return ParseResult.Malformed;
        source = AddressValue.Read(packet.Slice(8, 16));
        destination = AddressValue.Read(packet.Slice(24, 16));
        payload = packet[Ipv6Header.Length..Math.Min(whole, packet.Length)];
        var next = packet[6];
        return Ipv6Header.SkipExtensions(ref next, ref payload);
    }

    private static bool TryPorts(
        ReadOnlySpan<byte> payload, in AddressValue source, in AddressValue destination, bool isReversed, out FourTuple flow, out LinkDropCause cause)
    {
        flow = default;
        cause = LinkDropCause.Malformed;
        if (payload.Length < PortsLength)
            return false;
        ushort from = BinaryPrimitives.ReadUInt16BigEndian(payload), to = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
        flow = isReversed ? new(destination, to, source, from) : new(source, from, destination, to);
        return true;
    }
}
