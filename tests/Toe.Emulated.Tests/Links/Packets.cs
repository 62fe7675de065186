using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Toe.Emulated.Tests.Links;

/// <summary>Packets written by hand from the RFCs, with an arithmetic of their own.</summary>
internal static class Packets
{
    internal static byte[] Hex(string text) => Convert.FromHexString(string.Concat(
        text.Split('\n').Select(line => line.Split('#')[0]).SelectMany(line => line).Where(letter => !char.IsWhiteSpace(letter))));

    internal static IPEndPoint At(string endPoint) => IPEndPoint.Parse(endPoint);

    /// <summary>A TCP segment without options; its TCP checksum is left zero, since no link looks at it.</summary>
    internal static byte[] Tcp(string source, string destination, params byte[] data)
    {
        var (from, to) = (At(source), At(destination));
        var segment = new byte[20 + data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)to.Port);
        segment[12] = 0x50;
        segment[13] = 0x10;
        data.CopyTo(segment, 20);
        return Ip(from.Address, to.Address, 6, segment);
    }

    internal static byte[] Ip(IPAddress from, IPAddress to, byte protocol, byte[] payload, byte hopLimit = 64)
    {
        if (from.AddressFamily == AddressFamily.InterNetworkV6)
        {
            byte[] six = [0x60, 0, 0, 0, (byte)(payload.Length >> 8), (byte)payload.Length, protocol, hopLimit,
                .. from.GetAddressBytes(), .. to.GetAddressBytes()];
            return [.. six, .. payload];
        }

        var total = 20 + payload.Length;
        byte[] header = [0x45, 0, (byte)(total >> 8), (byte)total, 0, 0, 0x40, 0, hopLimit, protocol, 0, 0, .. from.GetAddressBytes(),
            .. to.GetAddressBytes()];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Checksum(header));
        return [.. header, .. payload];
    }

    /// <summary>An ICMP or ICMPv6 message with its checksum filled in.</summary>
    internal static byte[] Icmp(string from, string to, byte[] message, byte hopLimit = 64)
    {
        var (source, destination) = (IPAddress.Parse(from), IPAddress.Parse(to));
        message[2] = message[3] = 0;
        var six = source.AddressFamily == AddressFamily.InterNetworkV6;
        byte[] pseudo = six
            ? [.. source.GetAddressBytes(), .. destination.GetAddressBytes(), 0, 0, (byte)(message.Length >> 8), (byte)message.Length, 0,
                0, 0, 58]
            : [];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum([.. pseudo, .. message]));
        return Ip(source, destination, six ? (byte)58 : (byte)1, message, hopLimit);
    }

    internal static ushort Checksum(byte[] bytes)
    {
        uint sum = 0;
        for (var index = 0; index < bytes.Length; index++)
            sum += (uint)(bytes[index] << (index % 2 == 0 ? 8 : 0));
        while (sum >> 16 != 0)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }
}
