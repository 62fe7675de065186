using System.Runtime.InteropServices;

namespace Toe.Emulated.Tcp;

/// <summary>At most so many answers in five seconds (RFC 5961 §7), counted for each connection alone: a shared count can be measured
/// from outside (CVE-2016-5696).</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ChallengeAckLimiter
{
    private const uint Window = 5000;

    private uint _windowEnds;
    private int _sent;

    /// <summary>One more, if it may be.</summary>
    /// <param name="now">Milliseconds; they come round.</param>
    /// <param name="limit">The most in a window.</param>
    public bool TryTake(uint now, int limit)
    {
        if (_sent == 0 || (int)(now - _windowEnds) >= 0)
        {
            _windowEnds = now + Window;
            _sent = 0;
        }
        if (_sent >= limit) return false;
        _sent++;
        return true;
    }
}
