using System.Buffers.Binary;
using System.Net.Sockets;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <content>ICMP (RFC 792, RFC 4443) as input: RFC 9293 §3.9.2.2, MUST-54 to MUST-56.</content>
public sealed partial class TcpEngine
{
    /// <summary>RFC 1191 §7.1: what a router that names no MTU may have meant.</summary>
    private static ReadOnlySpan<ushort> Plateaus => [65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 576];

    private void DispatchIcmp(bool isV4, ReadOnlySpan<byte> message)
    {
        if (!TryFindQuoted(isV4, message[8..], out var connection, out var sequence, out var quotedLength))
        {
            Statistics.IcmpIgnored++;
            return;
        }
        var type = message[0];
        var code = message[1];
        if (isV4 ? type == 3 && code == 4 : type == 2)
        {
            Statistics.IcmpErrors++;
            int mtu = isV4 ? BinaryPrimitives.ReadUInt16BigEndian(message[6..])
                : (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(message[4..]), ushort.MaxValue);
            if (mtu == 0) mtu = Plateau(quotedLength);
            connection.OnPacketTooBig(sequence, mtu);
            return;
        }
        var error = isV4 ? ErrorV4(type, code, out var hard) : ErrorV6(type, code, out hard);
        if (error == SocketError.Success)
        {
            // Source Quench among them (MUST-55).
            Statistics.IcmpIgnored++;
            return;
        }
        Statistics.IcmpErrors++;
        connection.OnUnreachable(error, hard);
    }

    /// <summary>Whose segment is quoted, and is it one that can have been under way (RFC 5927 §4.1)?</summary>
    private bool TryFindQuoted(bool isV4, ReadOnlySpan<byte> quoted, out TcpConnection connection, out uint sequence, out int length)
    {
        connection = null!;
        sequence = 0;
        length = 0;
        AddressValue source, destination;
        ReadOnlySpan<byte> tcp;
        if (isV4)
        {
            // The quoted packet is cut short, so its total length is not checked against what is there.
            if (quoted.Length < Ipv4Header.MinimumLength || quoted[0] >> 4 != 4 || quoted[9] != IpProtocol.Tcp) return false;
            var header = (quoted[0] & 0x0f) * 4;
            if (header < Ipv4Header.MinimumLength || quoted.Length < header + 8) return false;
            source = AddressValue.FromV4(BinaryPrimitives.ReadUInt32BigEndian(quoted[12..]));
            destination = AddressValue.FromV4(BinaryPrimitives.ReadUInt32BigEndian(quoted[16..]));
            length = BinaryPrimitives.ReadUInt16BigEndian(quoted[2..]);
            tcp = quoted[header..];
        }
        else
        {
            if (quoted.Length < Ipv6Header.Length + 8 || quoted[0] >> 4 != 6 || quoted[6] != IpProtocol.Tcp) return false;
            source = AddressValue.FromV6(quoted[8..]);
            destination = AddressValue.FromV6(quoted[24..]);
            length = BinaryPrimitives.ReadUInt16BigEndian(quoted[4..]) + Ipv6Header.Length;
            tcp = quoted[Ipv6Header.Length..];
        }
        var tuple = new FourTuple(source, BinaryPrimitives.ReadUInt16BigEndian(tcp), destination,
            BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]));
        if (!_endpointsByTuple.TryGetValue(tuple, out var endpoint) || endpoint is not TcpConnection { Kept: null } found) return false;
        connection = found;
        sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        return found.IsInFlight(sequence);
    }

    /// <summary>RFC 1122 §4.2.3.9: codes 2 to 4 are hard, 0, 1 and 5 soft, as time exceeded and parameter problem; the later ones
    /// (RFC 1122 §3.2.2.1) are statements, hard as in Linux's table.</summary>
    private static SocketError ErrorV4(byte type, byte code, out bool hard)
    {
        hard = type == 3 && (code is 2 or 3 or 6 or 7 or 9 or 10 or 13);
        return (type, code) switch
        {
            (3, 0 or 6 or 9 or 11) => SocketError.NetworkUnreachable,
            (3, 2) => SocketError.ProtocolNotSupported,
            (3, 3) => SocketError.ConnectionRefused,
            (3, <= 15) => SocketError.HostUnreachable,
            (11, 0 or 1) => SocketError.HostUnreachable,
            (12, _) => SocketError.HostUnreachable,
            _ => SocketError.Success,
        };
    }

    /// <summary>RFC 4443 §3.1; which are hard: RFC 5461 §2.</summary>
    private static SocketError ErrorV6(byte type, byte code, out bool hard)
    {
        hard = (type == 1 && (code is 1 or 4 or 5 or 6)) || (type == 4 && code == 1);
        return (type, code) switch
        {
            (1, 0) => SocketError.NetworkUnreachable,
            (1, 1 or 5 or 6) => SocketError.AccessDenied, // EACCES in Linux's table (net/ipv6/icmp.c, tab_unreach); IPv4's has EHOSTUNREACH.
            (1, 4) => SocketError.ConnectionRefused,
            (1, _) => SocketError.HostUnreachable,
            (3, _) => SocketError.HostUnreachable,
            (4, 1) => SocketError.ProtocolNotSupported,
            (4, _) => SocketError.HostUnreachable,
            _ => SocketError.Success,
        };
    }

    private static int Plateau(int quotedLength)
    {
        foreach (var plateau in Plateaus)
            if (plateau < quotedLength) return plateau;
        return 576;
    }
}
