using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>
/// A stream socket over RDMA, by rsockets. Both ends must speak it; on iWARP its TCP runs in the device. No call blocks. Disposing closes in the background:
/// the peer gets the end of the stream behind what was sent; rsockets have no reset.
/// </summary>
/// <remarks>
/// The descriptor never leaves this class, since it is the library's event channel: .NET's sockets, epoll, read and close may not touch it. One receive and one
/// send may run at a time, beside each other and beside the poller. Source: rdma-core, librdmacm/rsocket.c and rsocket(7).
/// </remarks>
public sealed unsafe class Rsocket : IDisposable
{
    private const int AddressSize = 28;     // sizeof(struct sockaddr_in6), linux/in6.h
    private const int LeastQueue = 16;      // RS_QP_MIN_SIZE
    private const int MostQueue = 0xFFFE;   // RS_QP_MAX_SIZE

    private readonly RsocketHandle _handle;
    private bool _isOver;

    private Rsocket(RsocketHandle handle) => _handle = handle;

    /// <summary>Makes a socket.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="options">What it is made with.</param>
    /// <returns>The socket; ENODEV where the library or its kernel side is missing; ENOMEM when the process has no number below 65,536 left.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Another family.</exception>
    public static HostAnswer<Rsocket> Open(AddressFamily family, RsocketOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (family is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
            throw new ArgumentOutOfRangeException(nameof(family), family, "An rsocket is IPv4 or IPv6.");
        if (!RdmaLibrary.Check().IsNone)
            return HostAnswers.Failed<Rsocket>(ErrorNumber.NoDevice, RdmaLibrary.Check().Text);
        var number = RdmaCm.rsocket(family == AddressFamily.InterNetwork ? Libc.FamilyInternet : Libc.FamilyInternet6, RdmaCm.SocketStream, 0);
        if (number < 0)
            return HostAnswers.Failed<Rsocket>(Marshal.GetLastPInvokeError(), null);
        var made = Take(number);
        if (made.Value is { } socket && socket.Apply(family, options) is var error && error != 0)
        {
            socket.Dispose();
            return HostAnswers.Failed<Rsocket>(error, "a socket option");
        }

        return made;
    }

    /// <summary>The local endpoint; the any-address before it is bound.</summary>
    public IPEndPoint LocalEndPoint => ReadEndPoint(isPeer: false);

    /// <summary>The peer; the any-address before there is one.</summary>
    public IPEndPoint RemoteEndPoint => ReadEndPoint(isPeer: true);

    internal RsocketHandle Handle => _handle;

    /// <summary>Set by the poller when the connection manager has said that the connection is over. What arrived before can still be received.</summary>
    internal bool IsOver
    {
        get => Volatile.Read(ref _isOver);
        set => Volatile.Write(ref _isOver, value);
    }

    /// <summary>Binds.</summary>
    /// <param name="local">The address decides the device: one of a device's interface, or the any-address for all devices.</param>
    /// <returns>0, or the error number: EADDRINUSE also where a plain TCP listener has the port, ENODEV where no device has the address.</returns>
    public int Bind(IPEndPoint local)
    {
        ArgumentNullException.ThrowIfNull(local);
        var address = local.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
            return Answer(RdmaCm.rbind(_handle, bytes, (uint)address.Size));
    }

    /// <summary>Listens.</summary>
    /// <param name="backlog">Connections that may wait.</param>
    /// <returns>0, or the error number.</returns>
    /// <remarks>
    /// At most three of a process: with the fourth the library's service thread goes on with memory that it has freed (seen in version 44; librdmacm/rsocket.c,
    /// cm_svc_run keeps its list while rs_svc_grow_sets replaces it).
    /// </remarks>
    public int Listen(int backlog)
    {
        if (!RsocketListeners.TryAdd())
            return ErrorNumber.NoBufferSpace;
        _handle.OnClosed = RsocketListeners.Remove;
        return StopBlocking() is var error && error != 0 ? error : Answer(RdmaCm.rlisten(_handle, backlog));
    }

    /// <summary>Takes a connection that waits; EAGAIN when none does. <see cref="RsocketPoller.Accept"/> tells when.</summary>
    internal HostAnswer<Rsocket> Accept()
    {
        int number;
        do
            number = RdmaCm.raccept(_handle, null, null);
        while (number < 0 && Marshal.GetLastPInvokeError() == ErrorNumber.Interrupted);
        if (number < 0)
            return HostAnswers.Failed<Rsocket>(Marshal.GetLastPInvokeError(), null);
        var taken = Take(number);
        if (taken.Value?.StopBlocking() is not (> 0 and var error))
            return taken;
        taken.Value.Dispose();
        return HostAnswers.Failed<Rsocket>(error, "O_NONBLOCK");
    }

    /// <summary>Connects, in the background: the library's way to connect without blocking hands the socket to the service thread whose list it loses (see <see cref="Listen"/>).</summary>
    /// <param name="remote">The peer.</param>
    /// <param name="done">Called once, on a thread of the binding's: 0, or the error number. Also when the socket was disposed meanwhile.</param>
    public void Connect(IPEndPoint remote, Action<int> done)
    {
        ArgumentNullException.ThrowIfNull(remote);
        ArgumentNullException.ThrowIfNull(done);
        var kept = false;
        _handle.DangerousAddRef(ref kept);
        RsocketCalls.Connecting.Run(() =>
        {
            var error = ConnectNow(remote);
            _handle.DangerousRelease();
            done(error);
        });
    }

    /// <summary>The error that befell the socket.</summary>
    /// <returns>0 when none did, else the error number.</returns>
    public int GetError()
    {
        int error = 0;
        uint length = sizeof(int);
        return RdmaCm.rgetsockopt(_handle, RdmaCm.LevelSocket, RdmaCm.PendingError, &error, &length) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    /// <summary>Takes what has arrived. With an empty span it tells whether something is there.</summary>
    /// <param name="buffer">Where to put it.</param>
    /// <param name="bytes">How many bytes.</param>
    public IoStatus Receive(Span<byte> buffer, out int bytes)
    {
        bytes = 0;
        if (!_handle.Gate.Enter())
            return IoStatus.WouldBlock;
        try
        {
            return ReceiveInside(buffer, out bytes);
        }
        finally
        {
            _handle.Gate.Exit();
        }
    }

    /// <summary>Copies what there is room for.</summary>
    /// <param name="buffer">What to send.</param>
    /// <param name="bytes">How many bytes were taken.</param>
    public IoStatus Send(ReadOnlySpan<byte> buffer, out int bytes)
    {
        bytes = 0;
        if (buffer.IsEmpty)
            return IoStatus.Done;
        if (IsOver)
            return IoStatus.Reset;
        if (!_handle.Gate.Enter())
            return IoStatus.WouldBlock;
        try
        {
            return SendInside(buffer, out bytes);
        }
        finally
        {
            _handle.Gate.Exit();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static HostAnswer<Rsocket> Take(int number)
    {
        var handle = new RsocketHandle(number);
        if (handle.IsInvalid)
        {
            RsocketCalls.Closing.Run(() => _ = RdmaCm.rclose(number)); // The library has it, but other calls of the library would not find it.
            return HostAnswers.Failed<Rsocket>(ErrorNumber.NoMemory, "no number below 65536 is left");
        }

        return HostAnswers.Found(new Rsocket(handle));
    }

    /// <summary>rsocket() takes no SOCK_NONBLOCK before version 63, and accepted sockets never inherit it.</summary>
    private int StopBlocking() => Answer(RdmaCm.rfcntl(_handle, RdmaCm.SetFlags, RdmaCm.NonBlocking));

    private int ConnectNow(IPEndPoint remote)
    {
        var address = remote.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            var error = Answer(RdmaCm.rconnect(_handle, bytes, (uint)address.Size));
            return error == 0 ? StopBlocking() : error;
        }
    }

    private static int Answer(int result) => result == 0 ? 0 : Marshal.GetLastPInvokeError();

    private static IoStatus StatusOf(int error) => error switch
    {
        ErrorNumber.TryAgain or ErrorNumber.Interrupted or ErrorNumber.InProgress => IoStatus.WouldBlock,
        ErrorNumber.ConnectionReset or ErrorNumber.NotConnected or ErrorNumber.BrokenPipe => IoStatus.Reset,
        _ => IoStatus.Failed,
    };

    private int Apply(AddressFamily family, RsocketOptions options)
    {
        var error = Set(RdmaCm.LevelTcp, RdmaCm.NoDelay, 1);
        if (error == 0 && family == AddressFamily.InterNetworkV6)
            error = Set(RdmaCm.LevelIpv6, RdmaCm.OnlyIpv6, 1);
        if (error == 0)
            error = Set(RdmaCm.LevelRdma, RdmaCm.ReceiveQueue, Math.Clamp(options.ReceiveQueue, LeastQueue, MostQueue));
        if (error == 0 && options.ReuseAddress)
            error = Set(RdmaCm.LevelSocket, RdmaCm.ReuseAddress, 1);
        if (error == 0 && options.ReceiveBuffer is { } receive)
            error = Set(RdmaCm.LevelSocket, RdmaCm.ReceiveBuffer, receive);
        if (error == 0 && options.SendBuffer is { } send)
            error = Set(RdmaCm.LevelSocket, RdmaCm.SendBuffer, send);
        if (error == 0 && options.TypeOfService is { } service && family == AddressFamily.InterNetwork)
            error = Set(RdmaCm.LevelIp, RdmaCm.TypeOfService, service);
        if (error == 0 && options.KeepAlive is { } idle)
        {
            error = Set(RdmaCm.LevelTcp, RdmaCm.KeepIdle, (int)Math.Clamp(idle.TotalSeconds, 1, int.MaxValue));
            if (error == 0)
                error = Set(RdmaCm.LevelSocket, RdmaCm.KeepAlive, 1); // The manual says ignored; the library's service thread does it.
        }

        return error;
    }

    private int Set(int level, int name, int value) => Answer(RdmaCm.rsetsockopt(_handle, level, name, &value, sizeof(int)));

    private IoStatus ReceiveInside(Span<byte> buffer, out int bytes)
    {
        bytes = 0;
        byte one;
        nint received;
        fixed (byte* place = buffer)
        {
            received = buffer.IsEmpty
                ? RdmaCm.rrecv(_handle, &one, 1, RdmaCm.DoNotWait | RdmaCm.Peek)
                : RdmaCm.rrecv(_handle, place, (nuint)buffer.Length, RdmaCm.DoNotWait);
        }

        if (received > 0)
        {
            bytes = buffer.IsEmpty ? 0 : (int)received;
            return IoStatus.Done;
        }

        if (received == 0)
            return EndOrError();
        var status = StatusOf(Marshal.GetLastPInvokeError());
        return status == IoStatus.WouldBlock && IsOver ? IoStatus.Reset : status; // Over without the peer's end of the stream: it was cut off.
    }

    private IoStatus SendInside(ReadOnlySpan<byte> buffer, out int bytes)
    {
        bytes = 0;
        nint sent;
        fixed (byte* place = buffer)
            sent = RdmaCm.rsend(_handle, place, (nuint)buffer.Length, RdmaCm.DoNotWait);
        if (sent < 0)
            return StatusOf(Marshal.GetLastPInvokeError());
        bytes = (int)sent;
        return sent > 0 ? IoStatus.Done : IoStatus.WouldBlock;
    }

    /// <summary>A receive answers 0 for the peer's end and for a connection that failed alike; the poll tells them apart.</summary>
    private IoStatus EndOrError()
    {
        var kept = false;
        try
        {
            _handle.DangerousAddRef(ref kept);
            var asked = new PollDescriptor { Descriptor = (int)_handle.DangerousGetHandle(), Events = RdmaCm.PollInput };
            if (RdmaCm.rpoll(&asked, 1, 0) <= 0 || (asked.Returned & PollDescriptor.Error) == 0)
                return IoStatus.EndOfStream;
            return StatusOf(GetError()) == IoStatus.Reset ? IoStatus.Reset : IoStatus.Failed;
        }
        finally
        {
            if (kept)
                _handle.DangerousRelease();
        }
    }

    private IPEndPoint ReadEndPoint(bool isPeer)
    {
        var bytes = stackalloc byte[AddressSize];
        uint length = AddressSize;
        var result = isPeer ? RdmaCm.rgetpeername(_handle, bytes, &length) : RdmaCm.rgetsockname(_handle, bytes, &length);
        if (result != 0)
            return new IPEndPoint(IPAddress.Any, 0);
        var isIpv6 = *(ushort*)bytes == Libc.FamilyInternet6;
        var address = new SocketAddress(isIpv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        new ReadOnlySpan<byte>(bytes, Math.Min(address.Size, AddressSize)).CopyTo(address.Buffer.Span);
        return (IPEndPoint)new IPEndPoint(isIpv6 ? IPAddress.IPv6Any : IPAddress.Any, 0).Create(address);
    }
}
