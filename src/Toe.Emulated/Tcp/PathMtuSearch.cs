using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <summary>The search of RFC 4821 §7 for the largest packet that a path carries. Sizes are those of whole IP packets.</summary>
internal sealed class PathMtuSearch
{
    /// <summary>A smaller gain is not worth a probe.</summary>
    private const int Granularity = 32;

    /// <summary>Paths change: when sizes that were too large are tried again (RFC 4821 §7.7, RFC 1191 §6.3).</summary>
    private const long RetryAfter = 10 * TimeSpan.TicksPerMinute;

    private readonly int _most;
    private int _low;
    private int _high;
    private bool _highFailed;
    private long _retryAt = TimerNode.Never;
    private int _probe;
    private uint _start;
    private uint _end;

    /// <summary>Begins.</summary>
    /// <param name="low">What the path is taken to carry.</param>
    /// <param name="most">What the link and the peer take; the first to be tried.</param>
    public PathMtuSearch(int low, int most)
    {
        _low = Math.Min(low, most);
        _high = _most = most;
    }

    /// <summary>One probe at a time (RFC 4821 §7.4).</summary>
    public bool IsProbing => _probe > 0;

    /// <summary>Nothing larger than this seems to arrive any more: the search begins again from there.</summary>
    public void Restart(int low)
    {
        _low = Math.Min(low, _most);
        (_high, _highFailed) = (_most, false);
        _probe = 0;
    }

    /// <summary>The path carries no more than this, for now.</summary>
    public void LowerTo(int mtu, long now)
    {
        _low = _high = Math.Min(mtu, _most);
        _probe = 0;
        _retryAt = now + RetryAfter;
    }

    /// <summary>A router does not pass a larger one on: the probe, if there is one, did not get there.</summary>
    public void LimitTo(int mtu, long now)
    {
        if (mtu >= _high || mtu < _low) return;
        (_high, _highFailed) = (mtu, false);
        _retryAt = now + RetryAfter;
    }

    /// <summary>The size to try next; 0 for none.</summary>
    public int NextSize(long now)
    {
        if (now >= _retryAt)
        {
            _retryAt = TimerNode.Never;
            (_high, _highFailed) = (_most, false);
        }
        if (IsProbing || _high - _low < Granularity) return 0;
        return _highFailed ? _low + (_high - _low + 1) / 2 : _high;
    }

    /// <summary>A packet of the size that was asked for has gone, with one segment of these sequence numbers.</summary>
    public void OnSent(int size, uint start, uint end) => (_probe, _start, _end) = (size, start, end);

    /// <summary>True if the probe begins at that number.</summary>
    public bool IsProbe(uint start) => IsProbing && start == _start;

    /// <summary>The size of the probe if it arrived; 0 if not, or if there is none.</summary>
    /// <param name="acknowledgment">SND.UNA.</param>
    public int TakeArrived(uint acknowledgment)
    {
        if (!IsProbing || Less(acknowledgment, _end)) return 0;
        _low = _probe;
        _probe = 0;
        return _low;
    }

    /// <summary>The probe is lost: its size is taken for too large.</summary>
    public void OnLost(long now)
    {
        if (_probe <= _high) (_high, _highFailed) = (_probe - 1, true);
        _probe = 0;
        _retryAt = now + RetryAfter;
    }
}
