using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Emulated.Tests.Tcp;
using Toe.Linux;

namespace Toe.Integration.Tests.Differential;

/// <summary>The kernel's TCP in the current thread's namespace; the peer's packets go through a TAP device.</summary>
[SupportedOSPlatform("linux")]
internal sealed class KernelSubject : ISubject, IDisposable
{
    /// <summary>As asked for; the kernel doubles it for its own bookkeeping.</summary>
    public const int ReceiveBufferSize = 8192;

    private const int AcceptPatience = 10_000_000; // Microseconds.
    private const byte IcmpProtocol = 1, EchoRequest = 8, EchoReply = 0;

    private readonly TapDevice _device = TapDevice.Attach(TapBench.Device);
    private readonly byte[] _frame = new byte[65_536];
    private readonly byte[] _header;
    private Socket? _listener, _socket;
    private ushort _pings;

    public KernelSubject()
    {
        Assert.True(_device.TrySetOffloads(false));
        _header = [.. _device.HardwareAddress.GetAddressBytes(), .. PeerHardware, 8, 0];
    }

    /// <summary>The peer's hardware address, which the kernel is told.</summary>
    public static byte[] PeerHardware => [2, 0, 0, 0, 0, 2];

    private static IPAddress Address => IPAddress.Parse(TapBench.KernelAddress);

    private static IPAddress Peer => IPAddress.Parse(TapBench.EngineAddress);

    public int Listen()
    {
        _listener = New();
        _listener.Bind(new IPEndPoint(Address, 0));
        _listener.Listen(4);
        return ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    public int Connect(int peerPort)
    {
        _socket = New();
        _socket.Bind(new IPEndPoint(Address, 0));
        var failure = Assert.Throws<SocketException>(() => _socket.Connect(new IPEndPoint(Peer, peerPort)));
        Assert.Contains(failure.SocketErrorCode, (SocketError[])[SocketError.InProgress, SocketError.WouldBlock]);
        return ((IPEndPoint)_socket.LocalEndPoint!).Port;
    }

    public string Outcome()
    {
        if (_socket is null) return "pending";
        var error = (SocketError)(int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error == SocketError.ConnectionRefused) return "refused";
        if (error != SocketError.Success) return error.ToString();
        return _socket.Poll(0, SelectMode.SelectWrite) ? "connected" : "pending";
    }

    public void Inject(TestSegment segment) => Write(segment.ToPacket());

    public IReadOnlyList<TestSegment> Answers()
    {
        Accept();
        // The kernel answers in order: behind the echo there is no more.
        var ping = ++_pings;
        Write(TestSegment.Wrap(Peer, Address, IcmpProtocol, Echo(ping)));
        List<TestSegment> answers = [];
        while (Read() is var packet)
        {
            if (packet[9] == TestSegment.TcpProtocol) answers.Add(TestSegment.Parse(packet));
            if (packet[9] == IcmpProtocol && packet[20] == EchoReply && BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(26)) == ping) break;
        }
        Accept();
        return answers;
    }

    public void Send(int count) => Assert.Equal(count, _socket!.Send(new byte[count]));

    public string Receive()
    {
        if (_socket is null && _listener?.Poll(AcceptPatience, SelectMode.SelectRead) == true)
            Accept(); // On a busy machine the echo may be answered before the connection is in the listener's queue.
        var total = 0;
        var buffer = new byte[100_000];
        while (true)
        {
            var bytes = _socket!.Receive(buffer, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return $"{total} bytes";
            if (error == SocketError.ConnectionReset) return $"{total} bytes, reset";
            if (error != SocketError.Success) return $"{total} bytes, {error}";
            if (bytes == 0) return $"{total} bytes, end";
            total += bytes;
        }
    }

    public void CompleteSending() => _socket!.Shutdown(SocketShutdown.Send);

    public void Close()
    {
        _socket!.Close();
        _socket = null;
    }

    public void Reset()
    {
        _socket?.Close(0);
        _listener?.Close();
        (_socket, _listener) = (null, null);
        Answers();
    }

    public void Dispose() => _device.Dispose();

    private static Socket New() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        Blocking = false,
        ReceiveBufferSize = ReceiveBufferSize,
    };

    private void Accept()
    {
        if (_listener is null || _socket is not null || !_listener.Poll(0, SelectMode.SelectRead)) return;
        _socket = _listener.Accept();
        _socket.Blocking = false;
        _listener.Close();
        _listener = null;
    }

    private void Write(byte[] packet) => Assert.Equal(TapStatus.Done, _device.TryWrite(_header, packet));

    /// <summary>The next IPv4 packet.</summary>
    private byte[] Read()
    {
        for (var waits = 0; waits < 100; waits++)
        {
            while (_device.TryRead(_frame, out var bytes) == TapStatus.Done)
                if (_frame[12] == 8 && _frame[13] == 0) return _frame[TapDevice.EthernetHeaderLength..bytes];
            _device.Wait(TimeSpan.FromMilliseconds(100));
        }
        throw new TimeoutException("The kernel did not answer the echo request.");
    }

    private static byte[] Echo(ushort number)
    {
        byte[] message = [EchoRequest, 0, 0, 0, 0, 1, (byte)(number >> 8), (byte)number];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), TestSegment.NaiveChecksum(message));
        return message;
    }
}
