using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Toe.Telemetry;

/// <summary>Logs fallbacks, at most one line a reason in ten seconds, and keeps their share of the last opens for the health check.</summary>
internal sealed class FallbackLog(TimeProvider time, ILogger logger)
{
    private const int Window = 256;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ushort, Line> _lines = new();
    private readonly Lock _lock = new();
    private readonly bool[] _recent = new bool[Window];
    private long _opens;
    private int _fallbacks;

    /// <summary>The share of the last opens that wanted an adapter and came to the host stack; 0 to 1.</summary>
    public double Share
    {
        get
        {
            lock (_lock)
                return _opens == 0 ? 0 : (double)_fallbacks / Math.Min(_opens, Window);
        }
    }

    /// <summary>An open that wanted an adapter and got one.</summary>
    public void Offloaded() => Count(fallback: false);

    /// <summary>An open that wanted an adapter and runs on the host stack.</summary>
    public void FellBack(IPEndPoint? remote, ToeReason reason)
    {
        Count(fallback: true);
        if (_lines.GetOrAdd(reason.Code, static _ => new Line()).IsDue(time, out var suppressed))
            StackLog.Fallback(logger, remote, reason, suppressed);
    }

    private void Count(bool fallback)
    {
        lock (_lock)
        {
            ref var oldest = ref _recent[_opens++ % Window];
            _fallbacks += (fallback ? 1 : 0) - (oldest ? 1 : 0);
            oldest = fallback;
        }
    }

    private sealed class Line
    {
        private readonly Lock _lock = new();
        private long? _lastWritten;
        private long _suppressed;

        public bool IsDue(TimeProvider time, out long suppressed)
        {
            lock (_lock)
            {
                suppressed = _suppressed;
                if (_lastWritten is { } last && time.GetElapsedTime(last) < Quiet)
                {
                    _suppressed++;
                    return false;
                }

                _lastWritten = time.GetTimestamp();
                _suppressed = 0;
                return true;
            }
        }
    }
}
