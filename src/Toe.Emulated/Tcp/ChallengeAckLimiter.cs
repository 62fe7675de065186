using System.Runtime.InteropServices;

namespace Toe.Emulated.Tcp;

/// <summary>At most so many answers in five seconds (RFC 5961 §7), counted for each connection alone: a shared count can be measured
/// from outside (CVE-2016-5696).</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ChallengeAckLimiter
{
    private const uint Window = 5000;

    private uint _began;
    private int _sent;

    /// <summary>One more, if it may be.</summary>
    /// <param name="now">Milliseconds; they come round.</param>
    /// <param name="limit">The most in a window.</param>
    public bool TryTake(uint now, int limit)
    {
        if (_sent == 0 || now - _began >= Window)
        {
            _began = now;
            _sent = 0;
        }
        if (_sent >= limit) return false;
        _sent++;
        return true;
    }
}
