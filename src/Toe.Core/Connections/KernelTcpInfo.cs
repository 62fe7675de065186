using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Toe.Linux;

namespace Toe.Connections;

/// <summary>What Linux tells about a TCP socket: <c>struct tcp_info</c>, linux/tcp.h. Everything is unknown on other systems and for closed sockets.</summary>
internal readonly record struct KernelTcpInfo(TcpState State, TimeSpan? RoundTripTime, long? Retransmits, long? BytesAcknowledged)
{
    private const int IpProtocolTcp = 6; // IPPROTO_TCP, linux/in.h
    private const int TcpInfo = 11; // TCP_INFO, linux/tcp.h
    private const int RoundTripTimeAt = 68; // tcpi_rtt, microseconds
    private const int TotalRetransmitsAt = 100; // tcpi_total_retrans
    private const int BytesAcknowledgedAt = 120; // tcpi_bytes_acked
    private const int Length = BytesAcknowledgedAt + sizeof(ulong);

    /// <summary>Asks the kernel; one system call.</summary>
    public static KernelTcpInfo Read(Socket socket)
    {
        var unknown = new KernelTcpInfo(TcpState.Unknown, null, null, null);
        if (!OperatingSystem.IsLinux())
            return unknown;
        Span<byte> info = stackalloc byte[Length];
        try
        {
            return socket.GetRawSocketOption(IpProtocolTcp, TcpInfo, info) < Length ? unknown : Parse(info);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return unknown with { State = TcpState.Closed };
        }
    }

    private static KernelTcpInfo Parse(ReadOnlySpan<byte> info)
    {
        var roundTrip = MemoryMarshal.Read<uint>(info[RoundTripTimeAt..]);
        return new KernelTcpInfo(
            KernelTcpState.From(info[0]),
            roundTrip == 0 ? null : TimeSpan.FromMicroseconds(roundTrip),
            MemoryMarshal.Read<uint>(info[TotalRetransmitsAt..]),
            (long)MemoryMarshal.Read<ulong>(info[BytesAcknowledgedAt..]));
    }
}
