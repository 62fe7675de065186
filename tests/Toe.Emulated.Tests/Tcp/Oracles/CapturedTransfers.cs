using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp.Oracles;

/// <summary>Simulated transfers as captured at the client, one after another in one pcapng file.</summary>
internal sealed class CapturedTransfers : IDisposable
{
    private readonly FileStream _stream;
    private readonly PcapngWriter _writer;
    private TimeSpan _offset;

    public CapturedTransfers(string path)
    {
        _stream = File.Create(path);
        _writer = new PcapngWriter(_stream, 65_535);
    }

    /// <summary>Packets in the file.</summary>
    public int Packets { get; private set; }

    /// <summary>Packets that the lines lost.</summary>
    public long Lost { get; private set; }

    public void Run(int seed, TcpSocketOptions options, double loss = 0, double duplication = 0, int jitter = 0)
    {
        var pair = new SimulatedPair(seed, options, options, v6: seed % 2 == 0)
        {
            Loss = loss,
            Duplication = duplication,
            MaximumDelay = 10 + jitter,
            ClientTap = Write,
        };
        var (client, server) = (new End(200_000), new End(100_000));
        while (!(client.IsDone && server.IsDone))
        {
            client.Turn(pair.Client);
            if (pair.Server is { } accepted) server.Turn(accepted);
            Assert.True(pair.Step() || (client.IsDone && server.IsDone), $"seed {seed}: stuck at {pair.Now}");
            Assert.True(pair.Now < TimeSpan.FromHours(1), $"seed {seed}");
        }
        while (pair.ClientEngine.Statistics.Connections + pair.ServerEngine.Statistics.Connections > 0) pair.Step();
        Lost += pair.Lost;
        _offset += TimeSpan.FromHours(2);
    }

    public void Write(byte[] packet, TimeSpan at)
    {
        Packets++;
        _writer.Write(new OutgoingPacket(packet), (at + _offset).Ticks * TimeSpan.NanosecondsPerTick, outbound: true);
    }

    public void Dispose()
    {
        _writer.Flush();
        _stream.Dispose();
    }

    private sealed class End(int total)
    {
        private readonly byte[] _buffer = new byte[20_000];
        private int _sent;
        private bool _completed, _ended;

        public bool IsDone => _completed && _ended;

        public void Turn(TcpSocket socket)
        {
            while (_sent < total && socket.TrySend(_buffer.AsSpan(0, Math.Min(_buffer.Length, total - _sent)), out var sent) == IoStatus.Done) _sent += sent;
            if (_sent == total && !_completed) _completed = socket.TryCompleteSending() == IoStatus.Done;
            var status = IoStatus.Done;
            while (status == IoStatus.Done) status = socket.TryReceive(_buffer, out _);
            _ended = status == IoStatus.EndOfStream;
        }
    }
}
