using System.Net.NetworkInformation;
using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>What a move reads of <c>struct tcp_info</c>. Source: linux/tcp.h.</summary>
[StructLayout(LayoutKind.Explicit, Size = 216)]
internal struct TcpInfo
{
    internal const int OldestLength = 104; // Up to tcpi_total_retrans: no kernel answers less.

    private const byte HasTimestamps = 1; // TCPI_OPT_TIMESTAMPS
    private const byte HasSelective = 2; // TCPI_OPT_SACK
    private const byte HasScale = 4; // TCPI_OPT_WSCALE
    private const uint InfiniteThreshold = 0x7FFFFFFF; // TCP_INFINITE_SSTHRESH, net/tcp.h

    [FieldOffset(0)]
    internal byte StateNumber;
    [FieldOffset(5)]
    internal byte Options;
    [FieldOffset(6)]
    internal byte Scales; // tcpi_snd_wscale in the low half, tcpi_rcv_wscale in the high one
    [FieldOffset(16)]
    internal uint SegmentSize;
    [FieldOffset(68)]
    internal uint RoundTripTime; // microseconds
    [FieldOffset(72)]
    internal uint RoundTripVariation; // microseconds
    [FieldOffset(76)]
    internal uint Threshold; // segments
    [FieldOffset(80)]
    internal uint CongestionWindow; // segments
    [FieldOffset(120)]
    internal ulong BytesAcknowledged; // tcpi_bytes_acked
    [FieldOffset(128)]
    internal ulong BytesReceived; // tcpi_bytes_received
    [FieldOffset(144)]
    internal uint BytesUnsent; // tcpi_notsent_bytes: a FIN counts as one
    [FieldOffset(200)]
    internal ulong BytesSent; // tcpi_bytes_sent, with those sent again
    [FieldOffset(208)]
    internal ulong BytesSentAgain; // tcpi_bytes_retrans

    internal readonly bool Timestamps => (Options & HasTimestamps) != 0;

    internal readonly bool SelectiveAcknowledgement => (Options & HasSelective) != 0;

    internal readonly byte? SendScale => (Options & HasScale) != 0 ? (byte)(Scales & 0xF) : null;

    internal readonly byte? ReceiveScale => (Options & HasScale) != 0 ? (byte)(Scales >> 4) : null;

    internal readonly uint CongestionWindowBytes => Bytes(CongestionWindow);

    internal readonly uint? ThresholdBytes => Threshold >= InfiniteThreshold ? null : Bytes(Threshold);

    internal readonly long BytesSentOnce => (long)(BytesSent - BytesSentAgain);

    internal readonly TcpState State => KernelTcpState.From(StateNumber);

    private readonly uint Bytes(uint segments) => (uint)Math.Min(uint.MaxValue, (ulong)segments * SegmentSize);
}
