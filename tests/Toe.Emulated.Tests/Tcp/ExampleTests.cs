using System.Net;
using System.Text;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>The example in the documentation of <see cref="TcpEngine"/>, run.</summary>
public sealed class ExampleTests
{
    [Fact]
    public void TwoEngines_OnOneThread_SayHello()
    {
        var socketEvents = new RecordingEvents();
        var listenerEvents = new Acceptor();

        var clientWire = new Wire();
        var serverWire = new Wire();
        var client = new TcpEngine(new TcpEngineOptions(), clientWire);
        var server = new TcpEngine(new TcpEngineOptions(), serverWire);
        server.Listen(IPEndPoint.Parse("10.0.0.2:80"), backlog: 16, new TcpSocketOptions(), listenerEvents);
        var socket = client.Connect(IPEndPoint.Parse("10.0.0.1:0"), IPEndPoint.Parse("10.0.0.2:80"), new TcpSocketOptions(), socketEvents);
        socket.TrySend("hello"u8, out _); // Follows the handshake.

        var now = TimeSpan.Zero;
        while (true)
        {
            client.Advance(now);
            server.Advance(now);
            if (clientWire.Packets.TryDequeue(out var packet)) server.Receive(packet, now);
            else if (serverWire.Packets.TryDequeue(out packet)) client.Receive(packet, now);
            else break; // Or go on at the earlier of the two NextWakeUp.
        }

        var buffer = new byte[16];
        Assert.Equal(IoStatus.Done, listenerEvents.Socket!.TryReceive(buffer, out var count));
        Assert.Equal("hello", Encoding.ASCII.GetString(buffer, 0, count));
        Assert.True(socketEvents.Connected);
    }

    private sealed class Wire : ITcpEngineHost
    {
        public Queue<byte[]> Packets { get; } = new();

        public void Send(in OutgoingPacket packet) => Packets.Enqueue(packet.ToArray());

        public void Wake()
        {
        } // The loop calls Advance anyway.
    }

    private sealed class Acceptor : ITcpListenerEvents
    {
        public TcpSocket? Socket { get; private set; }

        public bool Admit(in TcpIncoming syn) => true;

        public ITcpSocketEvents OnAccepted(TcpSocket socket)
        {
            Socket = socket;
            return new RecordingEvents();
        }
    }
}
