using System.Collections.Concurrent;
using System.Net;
using Toe.Connections;

namespace Toe.Placing;

/// <summary>
/// Measures host stack and adapters on the program's own connections, path by path, and answers for the Worth gate. One connection in a while goes to the side that the verdict is against:
/// without that a verdict could never change. Measured by one thread at a time, asked by any; asking takes no lock.
/// </summary>
internal sealed class Advisor(Func<ToeOptions> options, TimeProvider time)
{
    private const int RoundTripsAtOnce = 256; // Each costs a call into kernel or adapter.
    private const int ForgottenAtOnce = 16;   // One part in so many: finding the oldest means to sort them all.

    private readonly ConcurrentDictionary<PathPrefix, PathRecord> _paths = new();

    /// <summary>Paths that are remembered.</summary>
    public int Count => _paths.Count;

    /// <summary>The Worth gate's answer.</summary>
    /// <param name="gate">The gate's name.</param>
    /// <param name="adapterId">The candidate.</param>
    /// <param name="remote">The peer.</param>
    /// <param name="isMove">True when the connection runs already: it is never kept on the host stack to measure that.</param>
    /// <param name="isDryRun">True when nothing may change by asking.</param>
    public GateAnswer Ask(string gate, string adapterId, IPAddress remote, bool isMove, bool isDryRun)
    {
        var now = options().Worth;
        if (!_paths.TryGetValue(PathPrefix.Of(remote, now), out var path) || !path.Adapters.TryGetValue(adapterId, out var adapter) || adapter.Verdict is not { } verdict)
            return new GateAnswer(gate, GateOutcome.NotApplicable);
        var explores = verdict.WantsOther && (verdict.IsHostFaster || !isMove) && adapter.TryExplore(now.ExploreInterval, isDryRun);
        return (verdict.IsHostFaster, explores) switch
        {
            (true, true) => new GateAnswer(gate, GateOutcome.Pass, ToeReasons.QualityMeasured.With($"measures {adapterId}: {verdict.Text}")),
            (true, false) => new GateAnswer(gate, GateOutcome.Refuse, ToeReasons.QualityHostFaster.With(verdict.Text)),
            (false, true) => new GateAnswer(gate, GateOutcome.Refuse, ToeReasons.QualityMeasured.With($"measures the host stack: {verdict.Text}")),
            (false, false) => new GateAnswer(gate, GateOutcome.Pass, ToeReasons.QualityMeasured.With(verdict.Text)),
        };
    }

    /// <summary>Takes what the connections have moved between the last two looks at them, and judges.</summary>
    public void Measure(IEnumerable<StackConnection> connections)
    {
        var now = options().Worth;
        var roundTrips = RoundTripsAtOnce;
        foreach (var connection in connections)
        {
            if (connection.Traffic is not { LastBytes: > 0 } traffic || traffic.LastTime <= TimeSpan.Zero)
                continue;
            var carrier = connection.Carrier;
            var side = PathTo(connection.RemoteEndPoint.Address, now).SideOf(carrier.Adapter?.Id);
            if (traffic.LastBytes >= now.SampleBytes)
                side.Throughput.Add(traffic.LastBytes / traffic.LastTime.TotalSeconds, now);
            if (roundTrips-- > 0 && carrier.GetInfo().RoundTripTime is { } roundTrip)
                side.RoundTrip.Add(roundTrip.TotalSeconds, now);
        }

        foreach (var (prefix, path) in _paths)
        {
            foreach (var (_, adapter) in path.Adapters)
                adapter.Judge(path.Host, prefix, now);
        }
    }

    private PathRecord PathTo(IPAddress remote, WorthOptions now)
    {
        var prefix = PathPrefix.Of(remote, now);
        if (_paths.TryGetValue(prefix, out var path))
            return path;
        if (_paths.Count >= now.Paths)
            Forget(_paths.Count - now.Paths + 1 + now.Paths / ForgottenAtOnce);
        return _paths[prefix] = new PathRecord(time);
    }

    /// <summary>Those that nothing was measured on for longest.</summary>
    private void Forget(int count)
    {
        foreach (var (prefix, _) in _paths.OrderBy(static pair => pair.Value.MeasuredAt).Take(count).ToList())
            _paths.TryRemove(prefix, out _);
    }
}
