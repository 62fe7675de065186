using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>Makes a kernel connection of a state. Nothing goes to the network.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class RepairRestore
{
    private const int Piece = 65536;
    private const int Overhead = 65536; // What the kernel counts beside the bytes of a small queue.
    private const int LeastSegment = 88; // TCP_MIN_MSS, net/tcp.h
    private const int LargestWindow = 32_767; // MAX_TCP_WINDOW, net/tcp.h
    private const int Ample = 6 << 20; // Up to the largest buffer that the kernel's own tuning gives (tcp_rmem, tcp(7)), a queue gets the double of its bytes.

    /// <summary>Makes the connection of a checked state.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    internal static ImportedTcpSocket Make(TcpConnectionState state)
    {
        var handle = new SafeSocketHandle(
            Libc.socket(
                state.Tuple.Local.AddressFamily == AddressFamily.InterNetworkV6 ? Libc.FamilyInternet6 : Libc.FamilyInternet,
                RepairCalls.SocketStream | Libc.SocketCloseOnExec, 0),
            ownsHandle: true);
        if (handle.IsInvalid)
            throw LinuxException.Last("socket");
        try
        {
            var sent = Math.Min((int)(state.SendNext - state.SendUnacknowledged), state.SendQueue.Length);
            var sendBuffer = Fill(new RepairSocket(handle), state, state.SendQueue.Span[..sent]);
            return new ImportedTcpSocket(handle, state.SendQueue[sent..], SendingIsComplete(state.State), sendBuffer);
        }
        catch
        {
            handle.Dispose(); // In repair a close is silent, and before it there is nothing to say.
            throw;
        }
    }

    /// <summary>Everything but the bytes that were not sent yet.</summary>
    /// <returns>The send buffer's size before it was made to hold the queue, in the kernel's bytes.</returns>
    private static int Fill(RepairSocket repair, TcpConnectionState state, ReadOnlySpan<byte> sent)
    {
        repair.Set(SocketOption.Repair, RepairMode.On); // It also lets the port be shared with whoever has it.
        var next = BeforePeersFin(state);
        repair.WriteSequence(RepairQueue.Send, BeforeOurFin(state));
        repair.WriteSequence(RepairQueue.Receive, next - (uint)state.ReceiveQueue.Length);
        // Asked for, it is the peer's from the beginning: the option below alone leaves segments at the size of a peer that announced none.
        repair.Set(SocketOption.MaximumSegment, Math.Clamp(state.MaximumSegmentSize, LeastSegment, LargestWindow));
        Connect(repair, state.Tuple);
        repair.Set<RepairOption>(SocketOption.RepairOptions, Agreed(state));
        if (state.Timestamps)
            repair.Set(SocketOption.Timestamp, (int)((state.TimestampValue + 1) & ~1u)); // The lowest bit would make the clock one of microseconds.
        var sendBuffer = repair.Get(SocketOption.SendBuffer);
        Widen(repair, state);
        Append(repair, RepairQueue.Receive, state.ReceiveQueue.Span);
        Append(repair, RepairQueue.Send, sent);
        repair.Set<RepairWindow>(SocketOption.RepairWindow, [Window(state, next)]);
        return sendBuffer;
    }

    private static bool SendingIsComplete(TcpState state) => RepairCheck.QueuesFin(state) || state == TcpState.FinWait2;

    /// <summary>SND.UNA as it was before our FIN, which is sent again. An acknowledged one is behind it.</summary>
    private static uint BeforeOurFin(TcpConnectionState state) => state.State == TcpState.FinWait2 ? state.SendUnacknowledged - 1 : state.SendUnacknowledged;

    /// <summary>RCV.NXT as it was before the peer's FIN, which comes again.</summary>
    private static uint BeforePeersFin(TcpConnectionState state) => RepairCheck.HasPeersFin(state.State) ? state.ReceiveNext - 1 : state.ReceiveNext;

    /// <summary>Bound and connected by the C library: .NET's own Bind sets SO_REUSEADDR anew, which takes away that repair shares a port.</summary>
    private static void Connect(RepairSocket repair, TcpTuple tuple)
    {
        var (local, remote) = (tuple.Local.Serialize(), tuple.Remote.Serialize());
        fixed (byte* bytes = local.Buffer.Span)
        {
            if (RepairCalls.bind(repair.Handle, bytes, (uint)local.Size) < 0)
                throw LinuxException.Last("bind");
        }

        fixed (byte* bytes = remote.Buffer.Span)
        {
            if (RepairCalls.connect(repair.Handle, bytes, (uint)remote.Size) < 0)
                throw LinuxException.Last("connect");
        }
    }

    private static ReadOnlySpan<RepairOption> Agreed(TcpConnectionState state)
    {
        var options = new List<RepairOption>(4) { new(RepairOption.MaximumSegment, (uint)state.MaximumSegmentSize) };
        if (state.Timestamps)
            options.Add(new RepairOption(RepairOption.Timestamps, 0));
        if (state.SelectiveAcknowledgement)
            options.Add(new RepairOption(RepairOption.SelectiveAcknowledgement, 0));
        if (state is { SendWindowScale: { } send, ReceiveWindowScale: { } receive })
            options.Add(new RepairOption(RepairOption.WindowScale, send | ((uint)receive << 16)));
        return CollectionsMarshal.AsSpan(options);
    }

    /// <summary>Room for the queues, and for what the peer was promised.</summary>
    private static void Widen(RepairSocket repair, TcpConnectionState state)
    {
        var promised = Math.Max(0, (int)(state.ReceiveWindowUpdate + state.ReceiveWindow - state.ReceiveNext));
        Widen(repair, SocketOption.ReceiveBuffer, SocketOption.ForceReceiveBuffer, state.ReceiveQueue.Length + (long)promised);
        Widen(repair, SocketOption.SendBuffer, SocketOption.ForceSendBuffer, state.SendQueue.Length);
    }

    /// <summary>
    /// The kernel doubles what is asked for (socket(7)), and counts its own structures in. A large buffer gets no more than its bytes: what is not read while a
    /// connection moves to and fro would else double each time.
    /// </summary>
    private static void Widen(RepairSocket repair, SocketOption size, SocketOption force, long bytes)
    {
        var room = bytes + Overhead;
        room = Math.Max(room, Math.Min(2 * room, Ample));
        if (bytes > 0 && room > repair.Get(size))
            repair.Set(force, (int)Math.Min(room / 2, int.MaxValue / 2));
    }

    private static void Append(RepairSocket repair, RepairQueue queue, ReadOnlySpan<byte> bytes)
    {
        repair.Set(SocketOption.RepairQueue, (int)queue);
        while (!bytes.IsEmpty)
        {
            var taken = repair.Write(bytes[..Math.Min(bytes.Length, Piece)]);
            bytes = taken > 0 ? bytes[taken..] : throw new LinuxException(SocketOption.RepairQueue.Name, ErrorNumber.NoBufferSpace);
        }
    }

    private static RepairWindow Window(TcpConnectionState state, uint next)
    {
        var update = (int)(state.ReceiveWindowUpdate - next) > 0 ? next : state.ReceiveWindowUpdate;
        return new RepairWindow
        {
            SendWindowUpdate = (int)(state.SendWindowUpdate - next) > 0 ? next : state.SendWindowUpdate, // The kernel takes none beyond the window; the next segment renews it.
            SendWindow = state.SendWindow,
            MaximumSendWindow = Math.Max(state.MaximumSendWindow, state.SendWindow),
            ReceiveWindow = state.ReceiveWindow + (state.ReceiveWindowUpdate - update), // Its edge stays.
            ReceiveWindowUpdate = update,
        };
    }
}
