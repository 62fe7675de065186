using System.Runtime.InteropServices;

namespace Toe.Emulated.Tcp.Recovery;

/// <summary>What one ACK says has arrived.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Delivery
{
    /// <summary>Bytes acknowledged in line that were not selectively acknowledged before.</summary>
    public long Acknowledged;

    /// <summary>Bytes selectively acknowledged for the first time.</summary>
    public long Sacked;

    /// <summary>Something is there: the fields of the most recently sent segment are set.</summary>
    public bool HasLatest;

    /// <summary>The most recently sent of the segments delivered (RFC 8985 §6.2 step 2).</summary>
    public SentSegment Latest;

    /// <summary>A segment was delivered in line, and none of those that were was sent twice (Karn's rule): <see cref="FirstSentAt"/> is set.</summary>
    public readonly bool HasRoundTrip => _hasFirst && !_hasResent;

    /// <summary>When the first of the segments delivered in line was sent.</summary>
    public long FirstSentAt;

    private bool _hasFirst;
    private bool _hasResent;

    /// <summary>A segment was delivered behind others that were sent after it, and was sent once only (RFC 8985 §6.2 step 3).</summary>
    public bool IsReordered;

    /// <summary>DeliveredData of RFC 9937.</summary>
    public readonly long Bytes => Acknowledged + Sacked;

    public void Add(ref readonly SentSegment segment)
    {
        if (HasLatest && !Rack.IsSentAfter(segment.SentAt, segment.End, Latest.SentAt, Latest.End)) return;
        HasLatest = true;
        Latest = segment;
    }

    public void AddInLine(ref readonly SentSegment segment)
    {
        if (!_hasFirst) FirstSentAt = segment.SentAt;
        _hasFirst = true;
        _hasResent |= segment.IsResent;
        if (segment.IsSacked) return;
        Acknowledged += segment.Length;
        Add(in segment);
    }
}
