using System.Buffers.Binary;
using System.Net;
using Toe.Emulated.Tcp;
using Toe.Emulated.Tests.Tcp;

namespace Toe.Fuzz;

/// <summary>Packets of any bytes, with and without headers that lead them on, to a listener and to a connection. None may throw.</summary>
internal sealed class ParserTarget : ITcpEngineHost, ITcpListenerEvents, ITcpSocketEvents
{
    private const int Port = 80, PeerPort = 2000;

    private static readonly TimeSpan Now = TimeSpan.FromSeconds(1);

    private readonly IPAddress _local, _peer;
    private readonly TcpEngine _engine;

    private ParserTarget(bool v6)
    {
        _local = IPAddress.Parse(v6 ? "fd00::1" : "10.0.0.1");
        _peer = IPAddress.Parse(v6 ? "fd00::2" : "10.0.0.2");
        _engine = new TcpEngine(new TcpEngineOptions { Secret = new byte[16] }, this);
        _engine.Listen(new IPEndPoint(_local, Port), 4, new TcpSocketOptions(), this);
        _engine.Connect(new IPEndPoint(_local, Port), new IPEndPoint(_peer, PeerPort + 1), new TcpSocketOptions(), this);
        _engine.Advance(Now);
    }

    /// <summary>The first byte says what the others are.</summary>
    public static void Run(ReadOnlySpan<byte> bytes)
    {
        // No bytes are a packet too.
        var kind = bytes.IsEmpty ? 0 : bytes[0];
        var target = new ParserTarget(v6: (kind & 1) != 0);
        target.Receive(kind >> 1 & 3, bytes.IsEmpty ? [] : bytes[1..].ToArray());
        target._engine.Advance(Now + TimeSpan.FromMinutes(10));
    }

    public void Send(in OutgoingPacket packet) => TestSegment.Parse(packet);

    public void Wake()
    {
    }

    public bool Admit(in TcpIncoming syn) => true;

    public ITcpSocketEvents OnAccepted(TcpSocket socket) => this;

    public void OnConnected()
    {
    }

    public void OnReady(Readiness what)
    {
    }

    public void OnClosed(System.Net.Sockets.SocketError error)
    {
    }

    private void Receive(int kind, byte[] bytes)
    {
        // Ports that somebody has; the checksum is not looked at.
        var isTcp = kind is 1 or 2 && bytes.Length >= 4;
        if (isTcp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(PeerPort + (kind - 1)));
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), Port);
        }
        var packet = isTcp ? TestSegment.Wrap(_peer, _local, 6, bytes) : kind == 3 && bytes.Length >= 4 ? Icmp(bytes) : bytes;
        _engine.Receive(packet, Now, checksumIsVerified: true);
    }

    private byte[] Icmp(byte[] message)
    {
        var v6 = _local.GetAddressBytes().Length == 16;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), 0);
        var sum = TestSegment.NaiveChecksum(v6 ? [.. TestSegment.Pseudo(_peer, _local, 58, message.Length), .. message] : message);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), sum);
        return TestSegment.Wrap(_peer, _local, v6 ? (byte)58 : (byte)1, message);
    }
}
