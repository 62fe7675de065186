using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Toe.Telemetry;

/// <summary>Logs fallbacks, at most one line a reason in ten seconds, and keeps their share of the window's opens for the health check.</summary>
internal sealed class FallbackLog(IOptionsMonitor<ToeOptions> options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ushort, Line> _lines = new();
    private readonly SlidingShare _share = new(time);

    /// <summary>The share of the window's opens that wanted an adapter and came to the host stack; 0 while the window has too few.</summary>
    public double Share
    {
        get
        {
            var allowance = options.CurrentValue.FallbackAllowance;
            return _share.Read(allowance.Window, allowance.MinimumConnections);
        }
    }

    /// <summary>An open that wanted an adapter and got one.</summary>
    public void Offloaded() => _share.Count(options.CurrentValue.FallbackAllowance.Window, hit: false);

    /// <summary>An open that wanted an adapter and runs on the host stack.</summary>
    public void FellBack(IPEndPoint? remote, ToeReason reason)
    {
        _share.Count(options.CurrentValue.FallbackAllowance.Window, hit: true);
        if (_lines.GetOrAdd(reason.Code, static _ => new Line()).IsDue(time, out var suppressed))
            StackLog.Fallback(logger, remote, reason, suppressed);
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
