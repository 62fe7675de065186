using System.Net;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>
/// One engine under virtual time and a peer played by the test, packet by packet. The peer is 10.0.0.2:2000 and begins at 1000; the engine
/// is 10.0.0.1, its initial number is learned. Numbers in <see cref="Inject"/> and <see cref="Expect"/> are relative to the first data
/// byte of their direction, so 0 is the first byte after the SYN.
/// </summary>
internal sealed class Bench : ITcpEngineHost, ITcpListenerEvents
{
    public const byte Fin = 1, Syn = 2, Rst = 4, Psh = 8, Ack = 16, Urg = 32;
    public const uint PeerInitial = 1000;
    public const int PeerPort = 2000;

    private readonly Queue<TestSegment> _out = new();

    public Bench(TcpEngineOptions? engine = null, TcpSocketOptions? socket = null, bool v6 = false)
    {
        EngineOptions = engine ?? Options();
        SocketOptions = socket ?? new TcpSocketOptions { Timestamps = false, WindowScaling = false, ReceiveBufferSize = 65535 };
        Local = IPAddress.Parse(v6 ? "fd00::1" : "10.0.0.1");
        Peer = IPAddress.Parse(v6 ? "fd00::2" : "10.0.0.2");
        Engine = new TcpEngine(EngineOptions, this);
    }

    public TcpEngineOptions EngineOptions { get; }
    public TcpSocketOptions SocketOptions { get; }
    public IPAddress Local { get; }
    public IPAddress Peer { get; }
    public TcpEngine Engine { get; }
    public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(1);
    public RecordingEvents Events { get; set; } = new();
    public TcpSocket Socket { get; set; } = null!;
    public TcpListener Listener { get; private set; } = null!;
    public int LocalPort { get; set; } = 80;
    public uint EngineInitial { get; set; }
    public int Wakes { get; private set; }
    public int Admitted { get; private set; }
    public Func<TcpIncoming, bool>? OnAdmit { get; set; }
    public ushort PeerWindow { get; set; } = 65535;
    public Func<byte[]>? PeerOptions { get; set; }

    public static TcpEngineOptions Options() => new() { Secret = new byte[16] };

    public void Send(in OutgoingPacket packet) => _out.Enqueue(TestSegment.Parse(packet));

    public void Wake() => Wakes++;

    public bool Admit(in TcpIncoming syn)
    {
        Admitted++;
        return OnAdmit?.Invoke(syn) ?? true;
    }

    public ITcpSocketEvents OnAccepted(TcpSocket socket)
    {
        Socket = socket;
        Events.Log.Add("accepted");
        return Events;
    }

    public Bench Listen(int backlog = 16)
    {
        Listener = Engine.Listen(new IPEndPoint(Local, LocalPort), backlog, SocketOptions, this);
        return this;
    }

    public TestSegment Connect()
    {
        Socket = Engine.Connect(new IPEndPoint(Local, 0), new IPEndPoint(Peer, PeerPort), SocketOptions, Events);
        LocalPort = Socket.LocalEndPoint.Port;
        Engine.Advance(Now);
        var syn = Next();
        Assert.True(syn.Is(Syn), syn.ToString());
        EngineInitial = syn.Seq;
        return syn;
    }

    /// <summary>A connection accepted from the peer, established.</summary>
    public static Bench Accepted(TcpEngineOptions? engine = null, TcpSocketOptions? socket = null, byte[]? options = null,
        ushort window = 65535, bool v6 = false, Func<byte[]>? each = null)
    {
        var bench = new Bench(engine, socket, v6) { PeerWindow = window, PeerOptions = each }.Listen();
        bench.InjectRaw(Syn, PeerInitial, 0, options: options ?? TestSegment.MssOption(1000));
        var answer = bench.Next();
        Assert.True(answer.Is(Syn | Ack), answer.ToString());
        Assert.Equal(PeerInitial + 1, answer.AckNumber);
        bench.EngineInitial = answer.Seq;
        bench.Inject(Ack);
        bench.ExpectNothing();
        Assert.Equal(TcpState.Established, bench.Socket.State);
        return bench;
    }

    /// <summary>A connection to the peer, established.</summary>
    public static Bench Connected(TcpEngineOptions? engine = null, TcpSocketOptions? socket = null, byte[]? options = null,
        ushort window = 65535, bool v6 = false, Func<byte[]>? each = null)
    {
        var bench = new Bench(engine, socket, v6) { PeerWindow = window, PeerOptions = each };
        bench.Connect();
        bench.InjectRaw(Syn | Ack, PeerInitial, bench.EngineInitial + 1, options: options ?? TestSegment.MssOption(1000));
        bench.Expect(Ack, seq: 0, ack: 0);
        Assert.Equal(TcpState.Established, bench.Socket.State);
        return bench;
    }

    /// <summary>From the peer, with numbers relative to the first data bytes.</summary>
    public void Inject(byte flags, long seq = 0, long ack = 0, byte[]? payload = null, ushort? window = null, byte[]? options = null,
        ushort urgent = 0) =>
        InjectRaw(flags, (uint)(PeerInitial + 1 + seq), (flags & Ack) != 0 ? (uint)(EngineInitial + 1 + ack) : 0, payload, window, options,
            urgent);

    public void InjectRaw(byte flags, uint seq, uint ack, byte[]? payload = null, ushort? window = null, byte[]? options = null,
        ushort urgent = 0) =>
        Engine.Receive(Packet(flags, seq, ack, payload, window, options, urgent).ToPacket(), Now);

    public TestSegment Packet(byte flags, uint seq, uint ack, byte[]? payload = null, ushort? window = null, byte[]? options = null,
        ushort urgent = 0) => new()
        {
            Source = Peer,
            Destination = Local,
            SourcePort = PeerPort,
            DestinationPort = LocalPort,
            Seq = seq,
            AckNumber = ack,
            Flags = flags,
            Window = window ?? PeerWindow,
            Options = options ?? PeerOptions?.Invoke() ?? [],
            Payload = payload ?? [],
            UrgentPointer = urgent,
        };

    public TestSegment Next()
    {
        Assert.True(_out.TryDequeue(out var segment), "The engine sent nothing.");
        return segment;
    }

    /// <summary>The next segment the engine sent, checked. PSH is not compared.</summary>
    public TestSegment Expect(byte flags, long? seq = null, long? ack = null, int? length = null)
    {
        var segment = Next();
        var told = $"got {segment}, relative seq {(int)(segment.Seq - EngineInitial - 1)} ack {(int)(segment.AckNumber - PeerInitial - 1)}";
        Assert.True(segment.Is(flags), told);
        if (seq is { } s) Assert.True(segment.Seq == (uint)(EngineInitial + 1 + s), told);
        if (ack is { } a) Assert.True(segment.AckNumber == (uint)(PeerInitial + 1 + a), told);
        Assert.True(segment.Payload.Length == (length ?? 0), told);
        return segment;
    }

    public void ExpectNothing() => Assert.True(_out.Count == 0, $"The engine sent {(_out.TryPeek(out var s) ? s : null)}.");

    public List<TestSegment> Drain()
    {
        var all = _out.ToList();
        _out.Clear();
        return all;
    }

    /// <summary>Lets time pass, stopping wherever the engine wants to be called.</summary>
    public void Elapse(double milliseconds)
    {
        var end = Now + TimeSpan.FromMilliseconds(milliseconds);
        for (var i = 0; Engine.NextWakeUp is { } next && next <= end; i++)
        {
            Assert.True(i < 100_000, "The engine never rests.");
            Now = next > Now ? next : Now;
            Engine.Advance(Now);
        }
        Now = end;
        Engine.Advance(Now);
    }

    public void Write(int count, byte first = 0)
    {
        Assert.Equal(IoStatus.Done, Socket.TrySend(Bytes(count, first), out var sent));
        Assert.Equal(count, sent);
        Engine.Advance(Now);
    }

    public byte[] ReadAll(int most = 1 << 20)
    {
        var buffer = new byte[most];
        return Socket.TryReceive(buffer, out var count) == IoStatus.Done ? buffer[..count] : [];
    }

    public void Read(int count)
    {
        Assert.Equal(IoStatus.Done, Socket.TryReceive(new byte[count], out var got));
        Assert.Equal(count, got);
        Engine.Advance(Now);
    }

    public IoStatus ReceiveStatus() => Socket.TryReceive(new byte[1], out _);

    public void Finish()
    {
        Socket.TryCompleteSending();
        Engine.Advance(Now);
    }

    public void Close()
    {
        Socket.Close();
        Engine.Advance(Now);
    }

    public static byte[] Bytes(int count, byte first = 0)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = (byte)(first + i);
        return bytes;
    }
}
