using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp.Loss;

/// <summary>Sends all that goes over one cell's line, and counts what is delivered, in whole round trips, after a beginning that does not count.</summary>
internal sealed class BulkTransfer
{
    public const long LinkBitsPerSecond = 1_000_000_000;

    /// <summary>Of 1500 bytes, 20 are IP's and 32 TCP's with timestamps.</summary>
    public const int SegmentSize = 1448;

    private const int Queue = 2 << 20;
    private const int MostCounted = 20 << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    private readonly byte[] _data = new byte[1 << 20];
    private readonly SimulatedPair _pair;
    private readonly GridCell _cell;
    private long _received;
    private TimeSpan _round;

    private BulkTransfer(GridCell cell, int seed)
    {
        TcpSocketOptions Options() => new()
        {
            CongestionControl = cell.Algorithm,
            SendBufferSize = cell.Buffer,
            ReceiveBufferSize = cell.Buffer,
            ConnectTimeout = Longest,
            UserTimeout = Longest,
        };
        RatedLine Line() => new(LinkBitsPerSecond, Queue, cell.RoundTrip / 2);
        _cell = cell;
        _pair = new SimulatedPair(seed, Options(), Options()) { Loss = cell.Loss, LineToServer = Line(), LineToClient = Line() };
        while (_pair.Server is null) Assert.True(_pair.Step());
        _round = _pair.Now;
    }

    public static (long Bytes, TimeSpan Time) Measure(GridCell cell, int seed)
    {
        var transfer = new BulkTransfer(cell, seed);
        if (cell.Loss == 0) transfer.Run(4L * cell.Buffer);
        else transfer.Run(transfer.UntilLost(10));
        return transfer.Run(cell.Loss == 0 ? MostCounted : Math.Min(MostCounted, transfer.UntilLost(200)));
    }

    /// <summary>The bytes of which about so many segments are lost.</summary>
    private long UntilLost(int segments) => (long)(segments * SegmentSize / _cell.Loss);

    private (long Bytes, TimeSpan Time) Run(long bytes)
    {
        var (before, start) = (_received, _round);
        while (_received - before < bytes)
        {
            Assert.True(_round - start < Longest, $"{_cell} stands.");
            _round += _cell.RoundTrip;
            RunUntil(_round);
        }
        return (_received - before, _round - start);
    }

    /// <summary>What the last step delivers is read by the next: it may come after the end.</summary>
    private void RunUntil(TimeSpan end)
    {
        while (_pair.Now < end)
        {
            while (_pair.Server!.TryReceive(_data, out var count) == IoStatus.Done) _received += count;
            while (_pair.Client.TrySend(_data, out _) == IoStatus.Done)
            {
            }
            Assert.True(_pair.Step());
        }
    }
}
