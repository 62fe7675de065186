using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>
/// A netlink socket. .NET's <c>Socket</c> knows no AF_NETLINK, so these are raw calls on a descriptor. It belongs to the network
/// namespace of the thread that made it. Not thread-safe.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class NetlinkSocket : IDisposable
{
    internal const int ProtocolRoute = 0;           // NETLINK_ROUTE, linux/netlink.h
    internal const int ProtocolNetfilter = 12;      // NETLINK_NETFILTER
    internal const int ProtocolGeneric = 16;        // NETLINK_GENERIC

    private const int LevelNetlink = 270;           // SOL_NETLINK, linux/socket.h
    private const int OptionAddMembership = 1;      // NETLINK_ADD_MEMBERSHIP
    private const int OptionExtendedAck = 11;       // NETLINK_EXT_ACK
    private const int OptionStrictCheck = 12;       // NETLINK_GET_STRICT_CHK: refuse what the kernel would otherwise ignore in a dump request
    private const int MostInterruptedDumps = 4;

    /// <summary>No datagram is larger: the kernel caps a dump's at 32 KiB (net/netlink/af_netlink.c, netlink_dump).</summary>
    internal const int BufferSize = 65536;

    // The kernel answers inside the request, or at the next receive; this only guards against waiting for ever.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly FileDescriptor _descriptor;
    private readonly Doorbell _never = new();
    private readonly byte[] _buffer = new byte[BufferSize];
    private uint _sequence;

    /// <summary>Opens a socket of a protocol, by default rtnetlink, that is a member of the first 32 groups as given: for rtnetlink RTMGRP_.</summary>
    internal NetlinkSocket(int protocol = ProtocolRoute, uint groups = 0)
    {
        _descriptor = new FileDescriptor(Libc.socket(
            Libc.FamilyNetlink, Libc.SocketRaw | Libc.SocketNonBlocking | Libc.SocketCloseOnExec, protocol));
        if (_descriptor.IsInvalid)
            throw LinuxException.Last("socket AF_NETLINK",
                "Allow AF_NETLINK (a seccomp or systemd RestrictAddressFamilies rule refuses it).");
        // Both options are newer than rtnetlink itself and only sharpen it: a kernel without them is served as well.
        var on = 1;
        _ = Libc.setsockopt(_descriptor, LevelNetlink, OptionExtendedAck, &on, sizeof(int));
        _ = Libc.setsockopt(_descriptor, LevelNetlink, OptionStrictCheck, &on, sizeof(int));
        var address = new NetlinkAddress { Family = Libc.FamilyNetlink, Groups = groups };
        if (Libc.bind(_descriptor, &address, (uint)sizeof(NetlinkAddress)) == 0)
            return;
        var failure = LinuxException.Last("bind AF_NETLINK");
        Dispose();
        throw failure;
    }

    internal FileDescriptor Descriptor => _descriptor;

    /// <summary>Joins a multicast group by its number.</summary>
    internal void Join(uint group)
    {
        var number = (int)group;
        if (Libc.setsockopt(_descriptor, LevelNetlink, OptionAddMembership, &number, sizeof(int)) < 0)
            throw LinuxException.Last("NETLINK_ADD_MEMBERSHIP");
    }

    /// <summary>Sends a finished request and hands every data message of the answer on.</summary>
    /// <exception cref="LinuxException">The socket itself failed; what the kernel answers is the outcome.</exception>
    internal NetlinkOutcome Request(Span<byte> request, NetlinkMessageHandler handler)
    {
        var header = MemoryMarshal.Read<NetlinkMessageHeader>(request);
        header.Sequence = ++_sequence;
        MemoryMarshal.Write(request, header);
        Drain();
        fixed (byte* bytes = request)
        {
            var kernel = new NetlinkAddress { Family = Libc.FamilyNetlink };
            if (Libc.sendto(_descriptor, bytes, (nuint)request.Length, 0, &kernel, (uint)sizeof(NetlinkAddress)) < 0)
                throw LinuxException.Last("netlink send");
        }

        return Collect((header.Flags & NetlinkMessageHeader.FlagDump) == NetlinkMessageHeader.FlagDump, handler);
    }

    /// <summary>
    /// Dumps again while the tables changed under the walk (NLM_F_DUMP_INTR); <paramref name="restart"/> empties the result.
    /// </summary>
    internal NetlinkOutcome Dump(Span<byte> request, Action restart, NetlinkMessageHandler handler)
    {
        for (var attempt = 1; ; attempt++)
        {
            restart();
            var interrupted = false;
            var outcome = Request(request, message =>
            {
                interrupted |= (message.Header.Flags & NetlinkMessageHeader.FlagDumpInterrupted) != 0;
                handler(message);
            });
            if (!interrupted || outcome.ErrorNumber != 0 || attempt == MostInterruptedDumps)
                return outcome;
        }
    }

    /// <summary>Receives one datagram without blocking.</summary>
    /// <returns>The error number, EAGAIN when nothing is there, 0 with a (possibly empty) datagram borrowed until the next call.</returns>
    internal int Receive(out ReadOnlySpan<byte> datagram)
    {
        datagram = default;
        NetlinkAddress from = default;
        var fromLength = (uint)sizeof(NetlinkAddress);
        nint length;
        fixed (byte* bytes = _buffer)
            length = Libc.recvfrom(_descriptor, bytes, BufferSize, Libc.MessageTruncated, &from, &fromLength);
        if (length < 0)
            return Marshal.GetLastPInvokeError();
        // MSG_TRUNC returns the true length: a datagram that did not fit is refused whole.
        if (length > BufferSize)
            return ErrorNumber.BadMessage;
        // Another process may send to our port; only the kernel is believed.
        if (from.PortId == 0)
            datagram = _buffer.AsSpan(0, (int)length);
        return 0;
    }

    public void Dispose()
    {
        _descriptor.Dispose();
        _never.Dispose();
    }

    // What an earlier, abandoned request left behind.
    private void Drain()
    {
        while (Receive(out _) is 0 or ErrorNumber.BadMessage or ErrorNumber.NoBufferSpace)
        {
        }
    }

    private NetlinkOutcome Collect(bool dump, NetlinkMessageHandler handler)
    {
        while (true)
        {
            var error = Receive(out var datagram);
            if (error == ErrorNumber.TryAgain)
            {
                if (Poll.Wait(_descriptor, _never, AnswerLimit) == 0)
                    return new(ErrorNumber.TimedOut, null);
                continue;
            }

            if (error == ErrorNumber.Interrupted)
                continue;
            if (error != 0)
                return new(error, null);
            var reader = new NetlinkReader(datagram);
            while (reader.TryRead(out var message))
            {
                if (message.Header.Sequence != _sequence || message.Header.Type == NetlinkMessageHeader.Noop)
                    continue;
                if (message.Header.Type == NetlinkMessageHeader.Error)
                    return NetlinkError.Parse(message);
                if (message.Header.Type == NetlinkMessageHeader.Done)
                    // The dump's own error stands in the same place as an nlmsgerr's.
                    return message.Payload.Length < sizeof(int) ? default : NetlinkError.Parse(message);
                handler(message);
                if (!dump)
                    return default;
            }

            if (reader.IsMalformed)
                return new(ErrorNumber.BadMessage, null);
        }
    }
}
