using System.Net;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Two engines and a bad line between them, all from one seed.</summary>
internal sealed class SimulatedPair : ITcpListenerEvents
{
    private readonly Random _random;
    private readonly PriorityQueue<(int To, byte[] Packet), (long At, long Order)> _line = new();
    private readonly End[] _ends;
    private long _order;

    public SimulatedPair(int seed, TcpSocketOptions client, TcpSocketOptions server, bool v6 = false, bool offload = false)
    {
        _random = new Random(seed);
        var secret = new byte[16];
        _random.NextBytes(secret);
        _ends = [new End(this, 0, secret, offload), new End(this, 1, secret, offload)];
        var to = IPEndPoint.Parse(v6 ? "[fd00::2]:80" : "10.0.0.2:80");
        _ends[1].Engine.Listen(to, 4, server, this);
        Client = _ends[0].Engine.Connect(IPEndPoint.Parse(v6 ? "[fd00::1]:0" : "10.0.0.1:0"), to, client, ClientEvents);
    }

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(1);
    public double Loss { get; init; }
    public double Duplication { get; init; }
    public double Corruption { get; init; }

    /// <summary>Larger packets vanish.</summary>
    public int PathMtu { get; set; } = int.MaxValue;

    public int MinimumDelay { get; init; } = 10;
    public int MaximumDelay { get; init; } = 10;

    /// <summary>What the client's packets go over instead of the delays above.</summary>
    public RatedLine? LineToServer { get; init; }

    /// <summary>What the server's packets go over instead.</summary>
    public RatedLine? LineToClient { get; init; }

    public TcpSocket Client { get; private set; }
    public TcpSocket? Server { get; private set; }
    public RecordingEvents ClientEvents { get; private set; } = new();
    public RecordingEvents ServerEvents { get; private set; } = new();
    public TcpEngine ClientEngine => _ends[0].Engine;
    public TcpEngine ServerEngine => _ends[1].Engine;
    public long Sent { get; private set; }
    public long Lost { get; private set; }

    /// <summary>Sees what the client sends and what reaches it, as a capture there would.</summary>
    public Action<byte[], TimeSpan>? ClientTap { get; init; }

    public bool Admit(in TcpIncoming syn) => true;

    public ITcpSocketEvents OnAccepted(TcpSocket socket)
    {
        Server = socket;
        return ServerEvents;
    }

    /// <summary>Goes to the next thing that happens.</summary>
    /// <returns>False when nothing will.</returns>
    public bool Step()
    {
        foreach (var end in _ends) end.Engine.Advance(Now);
        var next = TimeSpan.MaxValue;
        foreach (var end in _ends) if (end.Engine.NextWakeUp is { } wake && wake < next) next = wake;
        if (_line.TryPeek(out _, out var first) && TimeSpan.FromTicks(first.At) < next) next = TimeSpan.FromTicks(first.At);
        if (next == TimeSpan.MaxValue) return false;
        if (next > Now) Now = next;
        while (_line.TryPeek(out _, out first) && first.At <= Now.Ticks)
        {
            var (to, packet) = _line.Dequeue();
            if (to == 0) ClientTap?.Invoke(packet, Now);
            _ends[to].Engine.Receive(packet, Now);
        }
        return true;
    }

    /// <summary>Moves one end's connection to a new engine, as from one carrier to another.</summary>
    /// <returns>False where its state does not allow it; it then runs on where it was.</returns>
    public bool Move(bool server)
    {
        var end = _ends[server ? 1 : 0];
        var socket = server ? Server! : Client;
        var state = end.Engine.Freeze(socket);
        if (!ImportedState.Check(state, state.Tuple).IsNone)
        {
            end.Engine.Thaw(socket);
            return false;
        }

        var old = end.Engine;
        var next = end.Renew(Now);
        var place = next.Prepare(state.Tuple.Local, state.Tuple.Remote);
        var events = new RecordingEvents();
        var options = new TcpSocketOptions { NoDelay = state.Options.NoDelay, UserTimeout = TimeSpan.FromHours(2), ReceiveBufferSize = 1 + _random.Next(1 << 17) };
        Assert.True(next.TryImport(place, state, options, events));
        var moved = place.Connection!.Socket;
        if (server) (Server, ServerEvents) = (moved, events);
        else (Client, ClientEvents) = (moved, events);
        next.Activate(place);
        old.Release(socket);
        return true;
    }

    private void Carry(int from, byte[] packet)
    {
        Sent++;
        if (from == 0) ClientTap?.Invoke(packet, Now);
        if (packet.Length > PathMtu || _random.NextDouble() < Loss)
        {
            Lost++;
            return;
        }
        Queue(from, packet);
        if (_random.NextDouble() < Duplication) Queue(from, packet);
        // One bit: the checksum finds each of them.
        if (_random.NextDouble() < Corruption)
        {
            var broken = (byte[])packet.Clone();
            broken[_random.Next(broken.Length)] ^= (byte)(1 << _random.Next(8));
            Queue(from, broken);
        }
    }

    private void Queue(int from, byte[] packet)
    {
        if ((from == 0 ? LineToServer : LineToClient) is { } line)
        {
            if (line.TryCarry(packet.Length, Now, out var arrival)) _line.Enqueue((1 - from, packet), (arrival.Ticks, _order++));
            else Lost++;
            return;
        }
        var delay = _random.Next(MinimumDelay, MaximumDelay + 1) * TimeSpan.TicksPerMillisecond;
        _line.Enqueue((1 - from, packet), (Now.Ticks + delay, _order++));
    }

    private sealed class End(SimulatedPair pair, int side, byte[] secret, bool offload) : ITcpEngineHost
    {
        private TcpEngine? _engine;

        public TcpEngine Engine => _engine ??= new TcpEngine(new TcpEngineOptions
        {
            Secret = secret,
            ChecksumOffload = offload,
            SegmentationLimit = offload ? 65535 : 0,
        }, this);

        public TcpEngine Renew(TimeSpan now)
        {
            _engine = new TcpEngine(new TcpEngineOptions(), this);
            _engine.Advance(now);
            return _engine;
        }

        public void Send(in OutgoingPacket packet)
        {
            foreach (var segment in Segmenter.Cut(packet)) pair.Carry(side, segment);
        }

        public void Wake()
        {
        }
    }
}
