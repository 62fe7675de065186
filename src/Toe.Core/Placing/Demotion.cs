using System.Globalization;
using Toe.Adapters;
using Toe.Connections;
using Toe.Moving;

namespace Toe.Placing;

/// <summary>Picks connections that an adapter whose table is nearly full can best do without: those idle longest first, then those that move least. As many as bring the table back.</summary>
internal sealed class Demotion(ConnectionOwner owner, AdapterSupervisor supervisor, TimeProvider time)
{
    private readonly Dictionary<string, AdapterView> _relieved = new(StringComparer.Ordinal);

    public IEnumerable<ProposedMove> Propose(PlacementOptions options)
    {
        if (!options.Demote)
            yield break;
        foreach (var adapter in supervisor.Adapters)
        {
            var view = adapter.View;
            if (ReferenceEquals(_relieved.GetValueOrDefault(adapter.Identity.Id), view) || Pressure.On(adapter, options.Demotion.Pressure) is not { } pressure)
                continue;
            foreach (var (connection, reason) in Dispensable(adapter, options).Take(pressure.Connections))
            {
                _relieved[adapter.Identity.Id] = view; // What leaves now is not in its count before the next reading.
                var cause = reason.With(string.Create(CultureInfo.InvariantCulture, $"{reason.Text}; {pressure.Text}"));
                yield return new ProposedMove(connection, new MoveOrder(null, cause) { From = connection.Carrier });
            }
        }
    }

    private IEnumerable<(StackConnection Connection, ToeReason Reason)> Dispensable(SupervisedAdapter adapter, PlacementOptions options)
    {
        var (idle, slow) = (new List<StackConnection>(), new List<StackConnection>());
        foreach (var connection in owner.All)
        {
            if (connection.Traffic is not { } traffic || connection.Carrier.Adapter?.Id != adapter.Identity.Id || traffic.Seen(time) < options.Demotion.Idle)
                continue;
            if (traffic.Idle(time) >= options.Demotion.Idle)
                idle.Add(connection);
            else if (traffic.BytesPerSecond < options.Demotion.BytesPerSecond)
                slow.Add(connection);
        }

        return idle.OrderByDescending(connection => connection.Traffic!.Idle(time)).Select(connection => (connection, Idle(connection)))
            .Concat(slow.OrderBy(static connection => connection.Traffic!.BytesPerSecond).Select(static connection => (connection, Slow(connection))))
            .Where(static pair => pair.connection.Carrier is IMovableCarrier { GiveUpRefusal.IsNone: true })
            .Where(pair => owner.Moves.MayGoToHost(pair.connection));
    }

    private ToeReason Idle(StackConnection connection) =>
        ToeReasons.QualityLowActivity.With(string.Create(CultureInfo.InvariantCulture, $"idle for {connection.Traffic!.Idle(time).TotalSeconds:0} s"));

    private static ToeReason Slow(StackConnection connection) =>
        ToeReasons.QualitySmallIo.With(string.Create(CultureInfo.InvariantCulture, $"{connection.Traffic!.BytesPerSecond:0} bytes a second"));
}
