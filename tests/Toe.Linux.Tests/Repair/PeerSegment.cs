using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Linux.Tests.Repair;

/// <summary>A segment in the peer's name, made by hand: what a carrier hands on that gives a connection up.</summary>
[SupportedOSPlatform("linux")]
internal static class PeerSegment
{
    private const int Length = 20; // RFC 9293 §3.1, without options
    private const byte FinAndAck = 0x11;
    private const byte Tcp = 6;

    /// <summary>The peer's FIN, once more.</summary>
    public static Task SendFinAsync(NetworkNamespace there, TcpConnectionState state) => there.InsideAsync(() =>
    {
        var (local, remote) = state.Tuple;
        var segment = new byte[Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)remote.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)local.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), state.ReceiveNext - 1);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), state.SendUnacknowledged);
        segment[12] = Length / 4 << 4;
        segment[13] = FinAndAck;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), 1000);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), Checksum(segment, remote.Address, local.Address));
        using var raw = new Socket(remote.AddressFamily, SocketType.Raw, ProtocolType.Tcp);
        raw.Bind(new IPEndPoint(remote.Address, 0));
        raw.SendTo(segment, new IPEndPoint(local.Address, 0));
    });

    /// <summary>RFC 9293 §3.1, with the pseudo header of either family.</summary>
    private static ushort Checksum(byte[] segment, IPAddress source, IPAddress destination)
    {
        byte[] all = [.. source.GetAddressBytes(), .. destination.GetAddressBytes(), 0, Tcp, 0, Length, .. segment];
        var sum = 0u;
        for (var i = 0; i < all.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(all.AsSpan(i));
        while (sum >> 16 != 0)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }
}
