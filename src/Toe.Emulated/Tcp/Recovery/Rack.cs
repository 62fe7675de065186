using System.Runtime.InteropServices;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp.Recovery;

/// <summary>Loss detection by time, RFC 8985 §6: a segment is lost when something sent later has arrived, and it had time enough to arrive too.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Rack
{
    /// <summary>DupThresh: so many segments behind a gap, and reordering is no longer waited for.</summary>
    public const int DuplicateThreshold = 3;

    /// <summary>After so many recoveries without a D-SACK the window is its first size again.</summary>
    private const int Persistence = 16;

    /// <summary>Half of how long a round trip counts as the shortest: paths change (§6.2 step 1; Linux's tcp_min_rtt_wlen is five minutes).</summary>
    private const long MinimumLifetime = 150 * TimeSpan.TicksPerSecond;

    private long _recentMinimum;
    private long _recentSince;
    private int _windowFactor;
    private int _persistence;
    private bool _inRound;
    private uint _roundEnd;

    public Rack() => _windowFactor = 1;

    /// <summary>RACK.xmit_ts: when the most recently sent segment that has arrived was sent.</summary>
    public long SentAt { get; private set; }

    /// <summary>RACK.end_seq: one behind that segment.</summary>
    public uint End { get; private set; }

    /// <summary>RACK.rtt: how long that segment took, in ticks.</summary>
    public long RoundTrip { get; private set; }

    /// <summary>The shortest round trip of late, in ticks; 0 before one was.</summary>
    public long MinimumRoundTrip { get; private set; }

    /// <summary>Segments have arrived out of order.</summary>
    public bool HasSeenReordering { get; private set; }

    public static bool IsSentAfter(long sentAt, uint end, long otherSentAt, uint otherEnd) =>
        sentAt > otherSentAt || (sentAt == otherSentAt && Greater(end, otherEnd));

    /// <summary>§6.2 steps 1 to 3.</summary>
    /// <param name="delivery">What an ACK said.</param>
    /// <param name="echoAge">How old the timestamp is that the ACK echoes, in ticks; <see cref="long.MaxValue"/> without one.</param>
    /// <param name="now">The time.</param>
    public void Update(ref readonly Delivery delivery, long echoAge, long now)
    {
        if (delivery.IsReordered) HasSeenReordering = true;
        if (!delivery.HasLatest) return;
        var latest = delivery.Latest;
        var roundTrip = now - latest.SentAt;
        // Step 2: such an ACK answers the first transmission.
        var isEarlierEcho = echoAge != long.MaxValue && echoAge > roundTrip + TimeSpan.TicksPerMillisecond;
        if (latest.IsResent && (isEarlierEcho || roundTrip < MinimumRoundTrip)) return;
        NoteRoundTrip(Math.Max(1, roundTrip), now);
        RoundTrip = roundTrip;
        if (!IsSentAfter(latest.SentAt, latest.End, SentAt, End)) return;
        SentAt = latest.SentAt;
        End = latest.End;
    }

    /// <summary>§6.2 step 4: a D-SACK says that something was sent again for nothing. Once in a round trip.</summary>
    public void OnDuplicateReported(uint acknowledged, uint sendNext)
    {
        if (_inRound && Less(acknowledged, _roundEnd)) return;
        _inRound = true;
        _roundEnd = sendNext;
        _windowFactor++;
        _persistence = Persistence;
    }

    /// <summary>The minimum of this lifetime and the one before it.</summary>
    private void NoteRoundTrip(long roundTrip, long now)
    {
        if (_recentMinimum == 0) (_recentMinimum, _recentSince) = (roundTrip, now);
        else if (now - _recentSince > MinimumLifetime)
        {
            MinimumRoundTrip = _recentMinimum;
            (_recentMinimum, _recentSince) = (roundTrip, now);
        }
        _recentMinimum = Math.Min(_recentMinimum, roundTrip);
        MinimumRoundTrip = MinimumRoundTrip == 0 ? roundTrip : Math.Min(MinimumRoundTrip, roundTrip);
    }

    public void OnRecovered()
    {
        if (--_persistence <= 0) _windowFactor = 1;
    }

    /// <summary>RACK.reo_wnd in ticks.</summary>
    public readonly long ReorderingWindow(bool inRecovery, int sackedSegments, long smoothedRoundTrip) =>
        !HasSeenReordering && (inRecovery || sackedSegments >= DuplicateThreshold)
            ? 0
            : Math.Min(_windowFactor * MinimumRoundTrip / 4, smoothedRoundTrip);
}
