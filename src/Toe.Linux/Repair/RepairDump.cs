using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>Reads the whole state of a connection in repair.</summary>
[SupportedOSPlatform("linux")]
internal static class RepairDump
{
    private const int MostReadings = 8;
    private const int LargestSegment = 8 * 65_535; // GSO_MAX_SIZE, linux/netdevice.h
    private const int SendLocked = 1; // SOCK_SNDBUF_LOCK, linux/socket.h
    private const int ReceiveLocked = 2; // SOCK_RCVBUF_LOCK

    /// <summary>Reads until nothing has changed meanwhile, and leaves the send queue chosen: only then does the kernel's pacing send nothing more.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="repair">The same, in repair.</param>
    /// <param name="stopped">What the kernel told of it in repair, before a queue was chosen.</param>
    /// <param name="info">What the kernel told of it, for <see cref="HasReceivedMore"/>.</param>
    /// <exception cref="LinuxException">The kernel does not tell, or the connection does not stand still (EBUSY).</exception>
    internal static TcpConnectionState Read(Socket socket, RepairSocket repair, TcpInfo stopped, out TcpInfo info)
    {
        for (var reading = 1; reading <= MostReadings; reading++)
        {
            info = repair.ReadInfo();
            var state = ReadOnce(socket, repair, stopped, info);
            if (!HasReceivedMore(repair, info))
                return state;
        }

        throw new LinuxException("TCP_INFO", ErrorNumber.Busy);
    }

    /// <summary>True when a segment has reached the connection since the kernel told of it. Asked without choosing another queue.</summary>
    internal static bool HasReceivedMore(RepairSocket repair, TcpInfo since)
    {
        var now = repair.ReadInfo();
        return now.BytesReceived != since.BytesReceived || now.StateNumber != since.StateNumber;
    }

    private static TcpConnectionState ReadOnce(Socket socket, RepairSocket repair, TcpInfo stopped, TcpInfo info)
    {
        var next = repair.ReadSequence(RepairQueue.Receive);
        var receive = ReadReceiveQueue(repair, repair.Count(RepairCalls.UnreadBytes, "SIOCINQ"));
        // The send queue last: until it is chosen, a timer may send what waits (net/ipv4/tcp_output.c, tcp_write_xmit), and SND.NXT would be behind the wire.
        var written = repair.ReadSequence(RepairQueue.Send);
        var window = repair.ReadWindow();
        var unacknowledged = repair.Count(RepairCalls.UnacknowledgedBytes, "SIOCOUTQ");
        var unsent = CountUnsent(repair, stopped);
        var send = ReadSendQueue(repair, RepairCheck.QueuesFin(info.State) ? unacknowledged - 1 : unacknowledged);
        return new TcpConnectionState
        {
            Tuple = new TcpTuple(Unmapped(socket.LocalEndPoint), Unmapped(repair.ReadPeer(socket.AddressFamily))),
            MaximumSegmentSize = repair.Get(SocketOption.MaximumSegment), // In repair what the peer announced (mss_clamp), which has no options taken off.
            SendWindowScale = info.SendScale,
            ReceiveWindowScale = info.ReceiveScale,
            Timestamps = info.Timestamps,
            SelectiveAcknowledgement = info.SelectiveAcknowledgement,
            Options = ReadOptions(socket.AddressFamily, repair),
            State = info.State,
            SendUnacknowledged = written - (uint)unacknowledged,
            SendNext = written - (uint)unsent,
            SendWindow = window.SendWindow,
            MaximumSendWindow = window.MaximumSendWindow,
            SendWindowUpdate = window.SendWindowUpdate,
            ReceiveNext = next,
            ReceiveWindow = window.ReceiveWindow,
            ReceiveWindowUpdate = window.ReceiveWindowUpdate,
            TimestampValue = info.Timestamps ? ReadTimestamp(repair) : 0,
            CongestionWindow = info.CongestionWindowBytes,
            SlowStartThreshold = info.ThresholdBytes,
            SmoothedRoundTripTime = info.RoundTripTime == 0 ? null : TimeSpan.FromMicroseconds(info.RoundTripTime),
            RoundTripTimeVariation = info.RoundTripTime == 0 ? null : TimeSpan.FromMicroseconds(info.RoundTripVariation),
            SendQueue = send,
            ReceiveQueue = receive,
        };
    }

    /// <summary>
    /// What is not on the wire. The kernel's own count is too small: with the send queue chosen its timers pass over what waits as if they had sent it (tcp_write_xmit),
    /// and whoever believes it waits for acknowledgments that never come.
    /// </summary>
    private static int CountUnsent(RepairSocket repair, TcpInfo stopped)
    {
        var counted = repair.Count(RepairCalls.UnsentBytes, "SIOCOUTQNSD");
        var sentSince = repair.ReadInfo().BytesSentOnce - stopped.BytesSentOnce;
        return (int)Math.Clamp(stopped.BytesUnsent - sentSince, counted, Math.Max(counted, stopped.BytesUnsent));
    }

    private static ReadOnlyMemory<byte> ReadReceiveQueue(RepairSocket repair, int count)
    {
        if (count <= 0)
            return ReadOnlyMemory<byte>.Empty;
        var queue = GC.AllocateUninitializedArray<byte>(count);
        return repair.PeekQueue(queue) < count ? throw new LinuxException("MSG_PEEK", ErrorNumber.BadMessage) : queue;
    }

    /// <summary>The last bytes of the send queue: the kernel's first segment may begin with bytes that are acknowledged already.</summary>
    private static ReadOnlyMemory<byte> ReadSendQueue(RepairSocket repair, int count)
    {
        if (count <= 0)
            return ReadOnlyMemory<byte>.Empty;
        // Rented, since it is used again: fresh memory costs more than copying from it.
        var scratch = ArrayPool<byte>.Shared.Rent(count + LargestSegment);
        try
        {
            var read = repair.PeekQueue(scratch);
            return read < count ? throw new LinuxException("MSG_PEEK", ErrorNumber.BadMessage) : scratch.AsSpan(read - count, count).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    /// <summary>The clock's lowest bit tells its unit (net/ipv4/tcp.c, TCP_TIMESTAMP); set, it is never behind what was sent.</summary>
    private static uint ReadTimestamp(RepairSocket repair) => (uint)repair.Get(SocketOption.Timestamp) | 1;

    private static ToeSocketOptions ReadOptions(AddressFamily family, RepairSocket repair) => new()
    {
        SendBuffer = ReadBuffer(repair, SocketOption.SendBuffer, SendLocked),
        ReceiveBuffer = ReadBuffer(repair, SocketOption.ReceiveBuffer, ReceiveLocked),
        NoDelay = repair.Get(SocketOption.NoDelay) != 0,
        KeepAlive = repair.Get(SocketOption.KeepAlive) != 0,
        UserTimeout = repair.Get(SocketOption.UserTimeout) is > 0 and var milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
        TrafficClass = repair.Get(family == AddressFamily.InterNetworkV6 ? SocketOption.TrafficClass : SocketOption.TypeOfService) is > 0 and var trafficClass
            ? (byte)trafficClass
            : null,
    };

    /// <summary>A buffer that the application chose. The kernel tells the double of what was asked for (socket(7)).</summary>
    private static int? ReadBuffer(RepairSocket repair, SocketOption buffer, int locked) =>
        repair.TryGet(SocketOption.BufferLock, out var locks) == 0 && (locks & locked) != 0 ? repair.Get(buffer) / 2 : null;

    private static IPEndPoint Unmapped(EndPoint? endPoint) => endPoint switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped => new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port),
        IPEndPoint plain => plain,
        _ => throw new LinuxException("getsockname", ErrorNumber.NotConnected),
    };
}
