using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Toe.Emulated.Tcp.Recovery;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <summary>
/// TCP as a pure state machine: IP packets and time go in, IP packets and a wake-up time come out. No sockets, no threads, no clock of its
/// own; the same input, times and secret give the same output. IPv4 and IPv6.
/// </summary>
/// <remarks>
/// <para>One thread at a time owns an engine and calls <see cref="Receive(ReadOnlySpan{byte}, TimeSpan)"/>, <see cref="Advance"/>, <see cref="NextWakeUp"/>,
/// <see cref="Connect"/> and <see cref="Listen"/>. Its sockets may be used from any thread: what they leave to do is done in the next
/// <see cref="Advance"/>, for which <see cref="ITcpEngineHost.Wake"/> rings.</para>
/// <para>Times are counted from any origin, never go back (an earlier one counts as the latest), and are not negative.</para>
/// <para>Implemented: RFC 9293, 1337, 2018, 2883, 3042, 3168, 4821, 4987, 5681, 5961, 6056, 6191, 6298, 6528, 6582, 6928, 7323, 8985, 9406, 9438, 9937; ICMP
/// by RFC 5461 and 5927. Urgent data stays in line (RFC 6093). Left out on purpose: Fast Open (RFC 7413), whose cookies few paths let through, and
/// BBR, which no RFC defines.</para>
/// </remarks>
/// <example>
/// Two engines on one thread, each other's link:
/// <code>
/// sealed class Wire : ITcpEngineHost
/// {
///     public Queue&lt;byte[]&gt; Packets { get; } = new();
///     public void Send(in OutgoingPacket packet) =&gt; Packets.Enqueue(packet.ToArray());
///     public void Wake() { } // The loop below calls Advance anyway.
/// }
///
/// var clientWire = new Wire();
/// var serverWire = new Wire();
/// var client = new TcpEngine(new TcpEngineOptions(), clientWire);
/// var server = new TcpEngine(new TcpEngineOptions(), serverWire);
/// server.Listen(IPEndPoint.Parse("10.0.0.2:80"), backlog: 16, new TcpSocketOptions(), listenerEvents);
/// var socket = client.Connect(IPEndPoint.Parse("10.0.0.1:0"), IPEndPoint.Parse("10.0.0.2:80"), new TcpSocketOptions(), socketEvents);
/// socket.TrySend("hello"u8, out _); // Follows the handshake.
///
/// var now = TimeSpan.Zero;
/// while (true)
/// {
///     client.Advance(now);
///     server.Advance(now);
///     if (clientWire.Packets.TryDequeue(out var packet)) server.Receive(packet, now);
///     else if (serverWire.Packets.TryDequeue(out packet)) client.Receive(packet, now);
///     else break; // Or go on at the earlier of the two NextWakeUp.
/// }
/// </code>
/// </example>
public sealed partial class TcpEngine
{
    private readonly ITcpEngineHost _host;
    private readonly HashSet<TcpEndpoint> _endpoints;
    private readonly HashSet<TcpEndpoint>.AlternateLookup<FourTuple> _endpointsByTuple;
    private readonly Dictionary<(AddressValue Address, int Port), TcpListener> _listeners = [];
    private readonly PacketWriter _writer;
    private TcpSocketOptions? _keptOptions;
    private TcpSocket? _work;
    private bool _inside;
    private uint _ephemeralCount;

    /// <summary>Makes an engine.</summary>
    /// <param name="options">How it behaves; read now, later changes have no effect.</param>
    /// <param name="host">Where its packets and its doorbell go.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public TcpEngine(TcpEngineOptions options, ITcpEngineHost host)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(host);
        TcpEngineOptions.Validate(options);
        Options = options.Copy();
        _host = host;
        Buffers = new SlabPool(Options.MaximumBufferMemory);
        Span<byte> secret = stackalloc byte[16];
        if (options.Secret.IsEmpty) RandomNumberGenerator.Fill(secret);
        else options.Secret.Span.CopyTo(secret);
        var hash = new KeyedHash(secret);
        SequenceNumbers = new InitialSequenceNumbers(hash);
        _cookies = new SynCookies(hash);
        _endpoints = new HashSet<TcpEndpoint>(new TupleComparer(hash));
        _endpointsByTuple = _endpoints.GetAlternateLookup<FourTuple>();
        _writer = new PacketWriter(Options.ChecksumOffload);
    }

    /// <summary>Counters since the engine was made. Any thread may read them.</summary>
    public TcpEngineStatistics Statistics { get; } = new();

    /// <summary>
    /// When <see cref="Advance"/> is due, on the owner's clock: at or before the last time given if work is waiting; null if there is
    /// nothing to do until a packet arrives or <see cref="ITcpEngineHost.Wake"/> rings. Owner thread.
    /// </summary>
    public TimeSpan? NextWakeUp
    {
        get
        {
            if (_openTurns.Count > 0 || Volatile.Read(ref _work) is not null) return TimeSpan.FromTicks(Now);
            var next = Timers.NextDeadline;
            return next == TimerNode.Never ? null : TimeSpan.FromTicks(next);
        }
    }

    /// <summary>Takes one IP packet addressed to this engine. Total: it is counted, and dropped if it makes no sense.</summary>
    /// <param name="ipPacket">An IPv4 or IPv6 packet; bytes behind its own length are ignored. Not kept.</param>
    /// <param name="now">The time of its arrival.</param>
    /// <exception cref="InvalidOperationException">Called from inside the engine: from an event or from the host's Send.</exception>
    public void Receive(ReadOnlySpan<byte> ipPacket, TimeSpan now) => Receive(ipPacket, now, checksumIsVerified: false);

    /// <summary>Takes one IP packet addressed to this engine, or several segments of a connection put together to one. Total: it is
    /// counted, and dropped if it makes no sense.</summary>
    /// <param name="ipPacket">An IPv4 or IPv6 packet; bytes behind its own length are ignored. Not kept.</param>
    /// <param name="now">The time of its arrival.</param>
    /// <param name="checksumIsVerified">True when the TCP checksum needs no look: it was found good, or never made because the packet
    /// came from memory to memory.</param>
    /// <exception cref="InvalidOperationException">Called from inside the engine: from an event or from the host's Send.</exception>
    public void Receive(ReadOnlySpan<byte> ipPacket, TimeSpan now, bool checksumIsVerified) => Receive(ipPacket, now, checksumIsVerified, othersFollow: false);

    /// <summary>The same for one of several packets that wait: connections answer when all of them were taken (RFC 9293 MUST-59).</summary>
    /// <param name="ipPacket">An IPv4 or IPv6 packet; bytes behind its own length are ignored. Not kept.</param>
    /// <param name="now">The time of its arrival.</param>
    /// <param name="checksumIsVerified">True when the TCP checksum needs no look.</param>
    /// <param name="othersFollow">True when more packets wait, or <see cref="Advance"/> is called next: it says what is left to be said.</param>
    /// <exception cref="InvalidOperationException">Called from inside the engine: from an event or from the host's Send.</exception>
    public void Receive(ReadOnlySpan<byte> ipPacket, TimeSpan now, bool checksumIsVerified, bool othersFollow)
    {
        Enter(now);
        try
        {
            Statistics.PacketsReceived++;
            OthersFollow = othersFollow;
            Dispatch(ipPacket, checksumIsVerified);
            if (!othersFollow) FinishTurns();
        }
        finally
        {
            _inside = false;
        }
    }

    /// <summary>Does what application threads left to do, and what is due by now.</summary>
    /// <param name="now">The time.</param>
    /// <exception cref="InvalidOperationException">Called from inside the engine: from an event or from the host's Send.</exception>
    public void Advance(TimeSpan now)
    {
        Enter(now);
        try
        {
            FinishTurns();
            DoWork();
            while (Timers.TakeDue(Now) is { } node) node.OnTimer();
            // What the events of those timers asked for.
            DoWork();
            RestIdleBuffers();
        }
        finally
        {
            _inside = false;
        }
    }

    /// <summary>Begins an active open; the SYN goes out in the next <see cref="Advance"/>. Owner thread, events included.</summary>
    /// <param name="local">The address to use, and the port; port 0 lets the engine pick one (RFC 6056 algorithm 3).</param>
    /// <param name="remote">The peer.</param>
    /// <param name="options">How the connection behaves; read now.</param>
    /// <param name="events">Who hears about it.</param>
    /// <returns>The socket, in <see cref="TcpState.SynSent"/>.</returns>
    /// <exception cref="SocketException"><see cref="SocketError.AddressAlreadyInUse"/>: the pair of endpoints is in use, in TIME-WAIT too,
    /// or no port is left. <see cref="SocketError.AddressNotAvailable"/>: an address or port no connection can have (RFC 9293 MUST-46).
    /// <see cref="SocketError.AddressFamilyNotSupported"/>: one end is IPv4, the other IPv6.</exception>
    public TcpSocket Connect(IPEndPoint local, IPEndPoint remote, TcpSocketOptions options, ITcpSocketEvents events)
    {
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(remote);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(events);
        var validated = Keep(options);
        var tuple = FourTuple.Of(local, remote);
        if (tuple.Local.IsV4 != tuple.Remote.IsV4) throw new SocketException((int)SocketError.AddressFamilyNotSupported);
        if (!tuple.Local.IsUsable || !tuple.Remote.IsUsable || remote.Port == 0)
            throw new SocketException((int)SocketError.AddressNotAvailable);
        if (local.Port == 0) tuple = PickPort(tuple);
        else if (_endpointsByTuple.Contains(tuple)) throw new SocketException((int)SocketError.AddressAlreadyInUse);

        var connection = new TcpConnection(this, tuple, validated, events);
        _endpoints.Add(connection);
        Statistics.Connections++;
        Statistics.ActiveOpens++;
        connection.Socket.Post(SocketWork.Send);
        return connection.Socket;
    }

    /// <summary>Begins to accept connections. Owner thread, events included.</summary>
    /// <param name="local">The address, or "any" of its family, and the port; port 0 lets the engine pick one. A listener on the very
    /// address comes before one on "any".</param>
    /// <param name="backlog">Handshakes that may be under way at once; at least 1.</param>
    /// <param name="options">How its connections behave; read now.</param>
    /// <param name="events">Who is asked and told.</param>
    /// <returns>The listener.</returns>
    /// <exception cref="SocketException"><see cref="SocketError.AddressAlreadyInUse"/>: there is a listener on this address and port, or no
    /// port is left. <see cref="SocketError.AddressNotAvailable"/>: a multicast or broadcast address.</exception>
    public TcpListener Listen(IPEndPoint local, int backlog, TcpSocketOptions options, ITcpListenerEvents events)
    {
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(events);
        ArgumentOutOfRangeException.ThrowIfLessThan(backlog, 1);
        var validated = Keep(options);
        var address = AddressValue.From(local.Address);
        if (!address.IsUnspecified && !address.IsUsable) throw new SocketException((int)SocketError.AddressNotAvailable);
        var port = local.Port != 0 ? local.Port : PickListenPort(address);
        if (_listeners.ContainsKey((address, port))) throw new SocketException((int)SocketError.AddressAlreadyInUse);
        var listener = new TcpListener(this, address, new IPEndPoint(local.Address, port), backlog, validated, events);
        _listeners.Add((address, port), listener);
        return listener;
    }

    internal TcpEngineOptions Options { get; }

    /// <summary>What connections keep bytes in.</summary>
    internal SlabPool Buffers { get; }

    /// <summary>Where connections note what they have in flight.</summary>
    internal InFlightPool InFlight { get; } = new();

    internal TimerWheel Timers { get; } = new();

    internal InitialSequenceNumbers SequenceNumbers { get; }

    /// <summary>The last time given, in ticks.</summary>
    internal long Now { get; private set; }

    /// <summary>The timestamp clock of RFC 7323, without a connection's offset.</summary>
    internal uint Milliseconds => (uint)(Now / TimeSpan.TicksPerMillisecond);

    internal long TimeWaitTicks => Options.MaximumSegmentLifetime.Ticks * 2;

    internal int Mtu(bool isV4) => isV4 ? Options.MaximumTransmissionUnit : Math.Max(Options.MaximumTransmissionUnit, 1280);

    private void Enter(TimeSpan now)
    {
        if (_inside) throw new InvalidOperationException("An engine must not be called from its own events or its host's Send.");
        _inside = true;
        Now = Math.Max(Now, now.Ticks);
    }

    /// <summary>A copy that stays as it is; connections whose options are alike share one.</summary>
    private TcpSocketOptions Keep(TcpSocketOptions options)
    {
        if (_keptOptions is { } kept && kept.HasSameValues(options)) return kept;
        return _keptOptions = TcpSocketOptions.Validated(options);
    }

    private FourTuple PickPort(in FourTuple tuple)
    {
        var first = Options.FirstEphemeralPort;
        var count = (uint)(Options.LastEphemeralPort - first + 1);
        var offset = SequenceNumbers.PortOffset(tuple);
        for (uint i = 0; i < count; i++)
        {
            var port = (ushort)(first + (int)((offset + _ephemeralCount++) % count));
            var candidate = tuple with { LocalPort = port };
            if (Options.Shard is { } shard && !shard.Has(candidate)) continue;
            if (!_endpointsByTuple.Contains(candidate) && FindListener(candidate) is null) return candidate;
        }
        throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    private int PickListenPort(in AddressValue address)
    {
        var count = Options.LastEphemeralPort - Options.FirstEphemeralPort + 1;
        for (var i = 0; i < count; i++)
        {
            var port = Options.FirstEphemeralPort + (int)(_ephemeralCount++ % (uint)count);
            if (!_listeners.ContainsKey((address, port))) return port;
        }
        throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }
}
