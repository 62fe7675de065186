using System.Net;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Two engines joined by preallocated queues; no loss, no delay, nothing allocated in use.</summary>
internal sealed class DirectPair : ITcpListenerEvents
{
    private readonly End _client = new();
    private readonly End _server = new();
    private TimeSpan _now = TimeSpan.FromSeconds(1);

    public DirectPair()
    {
        var to = IPEndPoint.Parse("10.0.0.2:80");
        _server.Engine.Listen(to, 4, new TcpSocketOptions(), this);
        Client = _client.Engine.Connect(IPEndPoint.Parse("10.0.0.1:0"), to, new TcpSocketOptions(), ClientEvents);
        while (Server is null) Turn();
    }

    public TcpSocket Client { get; }
    public TcpSocket? Server { get; private set; }
    public SignalEvents ClientEvents { get; } = new();
    public SignalEvents ServerEvents { get; } = new();
    public long Segments { get; private set; }

    public bool Admit(in TcpIncoming syn) => true;

    public ITcpSocketEvents OnAccepted(TcpSocket socket)
    {
        Server = socket;
        return ServerEvents;
    }

    public void Turn()
    {
        _now += TimeSpan.FromMicroseconds(50);
        _client.Engine.Advance(_now);
        _server.Engine.Advance(_now);
        Move(_client, _server);
        Move(_server, _client);
    }

    private void Move(End from, End to)
    {
        for (var i = 0; i < from.Count; i++)
        {
            Segments++;
            to.Engine.Receive(from.Slots[i].AsSpan(0, from.Lengths[i]), _now);
        }
        from.Count = 0;
    }

    private sealed class End : ITcpEngineHost
    {
        public End() => Engine = new TcpEngine(new TcpEngineOptions(), this);

        public TcpEngine Engine { get; }
        public byte[][] Slots { get; } = Enumerable.Range(0, 1024).Select(_ => new byte[1500]).ToArray();
        public int[] Lengths { get; } = new int[1024];
        public int Count { get; set; }

        public void Send(in OutgoingPacket packet)
        {
            packet.CopyTo(Slots[Count]);
            Lengths[Count++] = packet.Length;
        }

        public void Wake()
        {
        }
    }
}
