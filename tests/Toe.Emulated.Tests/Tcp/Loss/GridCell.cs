using System.Globalization;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp.Loss;

/// <summary>A place in the grid: who controls congestion, over what line, with how much memory at each end.</summary>
internal readonly record struct GridCell(TcpCongestionControl Algorithm, double Loss, int RoundTripMilliseconds, int BufferKibibytes)
{
    public int Buffer => BufferKibibytes * 1024;

    public TimeSpan RoundTrip => TimeSpan.FromMilliseconds(RoundTripMilliseconds);

    /// <summary>What the link and the window let through: a window a round trip.</summary>
    public double Limit => Math.Min(BulkTransfer.LinkBitsPerSecond * (BulkTransfer.SegmentSize / 1500.0), Buffer * 8 / RoundTrip.TotalSeconds);

    public string Row => string.Create(CultureInfo.InvariantCulture, $"{Algorithm,-6} {Loss * 100,6:0.#} % {RoundTripMilliseconds,6} ms");

    public string Column => string.Create(CultureInfo.InvariantCulture, $"{BufferKibibytes} KiB");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Algorithm}, {Loss * 100:0.#} % lost, {RoundTripMilliseconds} ms, {Column}");
}
