using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Emulated.Tcp;
using Toe.Emulated.Tests.Tcp;
using TcpListener = Toe.Emulated.Tcp.TcpListener;

namespace Toe.Integration.Tests.Differential;

/// <summary>Our engine, under a clock of its own.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EngineSubject : ISubject, ITcpEngineHost, ITcpListenerEvents, ITcpSocketEvents
{
    private readonly TcpEngine _engine;
    private readonly TcpSocketOptions _options = new() { ReceiveBufferSize = KernelSubject.ReceiveBufferSize };
    private readonly List<TestSegment> _sent = [];
    private TimeSpan _now = TimeSpan.FromSeconds(1);
    private TcpListener? _listener;
    private TcpSocket? _socket;
    private SocketError? _ended;
    private bool _connected;

    // The kernel's side is told to acknowledge at once too.
    public EngineSubject() => _engine = new TcpEngine(new TcpEngineOptions { DelayedAcknowledgement = TimeSpan.Zero }, this);

    private static IPAddress Address => IPAddress.Parse(TapBench.KernelAddress);

    public int Listen()
    {
        _listener = _engine.Listen(new IPEndPoint(Address, 0), 4, _options, this);
        return _listener.LocalEndPoint.Port;
    }

    public int Connect(int peerPort)
    {
        _socket = _engine.Connect(new IPEndPoint(Address, 0), new IPEndPoint(IPAddress.Parse(TapBench.EngineAddress), peerPort), _options, this);
        return _socket.LocalEndPoint.Port;
    }

    public string Outcome() => _connected ? "connected" : _ended == SocketError.ConnectionRefused ? "refused" : _ended?.ToString() ?? "pending";

    public void Inject(TestSegment segment) => _engine.Receive(segment.ToPacket(), _now);

    public IReadOnlyList<TestSegment> Answers()
    {
        _now += TimeSpan.FromMilliseconds(1);
        _engine.Advance(_now);
        var sent = _sent.ToArray();
        _sent.Clear();
        return sent;
    }

    public void Send(int count) => Assert.Equal(IoStatus.Done, _socket!.TrySend(new byte[count], out _));

    public string Receive()
    {
        var total = 0;
        var buffer = new byte[100_000];
        IoStatus status;
        while ((status = _socket!.TryReceive(buffer, out var bytes)) == IoStatus.Done) total += bytes;
        return $"{total} bytes" + status switch
        {
            IoStatus.EndOfStream => ", end",
            IoStatus.WouldBlock => "",
            _ => _ended == SocketError.ConnectionReset ? ", reset" : $", {status}",
        };
    }

    public void CompleteSending() => _socket!.TryCompleteSending();

    public void Close() => _socket!.Close();

    public void Reset()
    {
        _socket?.Abort();
        _listener?.Stop();
        Answers();
        (_socket, _listener, _ended, _connected) = (null, null, null, false);
    }

    public void Send(in OutgoingPacket packet) => _sent.Add(TestSegment.Parse(packet));

    public void Wake()
    {
    }

    public bool Admit(in TcpIncoming syn) => true;

    public ITcpSocketEvents OnAccepted(TcpSocket socket)
    {
        _socket = socket;
        return this;
    }

    public void OnConnected() => _connected = true;

    public void OnReady(Readiness what)
    {
    }

    public void OnClosed(SocketError error) => _ended = error;
}
