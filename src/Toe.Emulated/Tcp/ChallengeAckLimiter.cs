using System.Runtime.InteropServices;

namespace Toe.Emulated.Tcp;

/// <summary>At most so many answers in five seconds (RFC 5961 §7), counted for each connection alone: a shared count can be measured
/// from outside (CVE-2016-5696).</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ChallengeAckLimiter
{
    private const long Window = 5 * TimeSpan.TicksPerSecond;

    private long _windowEnds;
    private int _sent;

    public bool TryTake(long now, int limit)
    {
        if (now >= _windowEnds)
        {
            _windowEnds = now + Window;
            _sent = 0;
        }
        if (_sent >= limit) return false;
        _sent++;
        return true;
    }
}
