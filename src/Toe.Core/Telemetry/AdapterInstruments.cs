using System.Diagnostics.Metrics;
using Toe.Adapters;
using Toe.Firmware;
using Toe.Gates;

namespace Toe.Telemetry;

/// <summary>How each adapter is, asked when somebody looks: its health, its firmware, its tables, and whether it is used. From cached status only.</summary>
internal sealed class AdapterInstruments(AdapterSupervisor supervisor, Func<ToeOptions> options)
{
    /// <summary>Makes the instruments.</summary>
    /// <param name="meter">Their meter, whose end is theirs.</param>
    public void CreateIn(Meter meter)
    {
        meter.CreateObservableGauge("toe.adapter.health", ObserveHealth, "1", "1 for the state that the adapter is in, 0 for the others.");
        meter.CreateObservableGauge("toe.adapter.firmware", ObserveFirmware, "1", "1 for what follows from the adapter's firmware, 0 for what does not.");
        meter.CreateObservableGauge("toe.adapter.usable", ObserveUsable, "1", "1 when the adapter takes new connections, 0 with the reason when it does not.");
        meter.CreateObservableGauge("toe.adapter.circuit.open", ObserveCircuits, "1", "1 while repeated faults keep the adapter set aside, else 0.");
        meter.CreateObservableGauge("toe.adapter.connections", ObserveConnections, "{connection}", "Connections that the adapter carries.");
        meter.CreateObservableGauge("toe.adapter.budget.used", () => ObserveBudgets(Used), "{entry}", "Entries of a table of the adapter that are in use or lent.");
        meter.CreateObservableGauge("toe.adapter.budget.limit", () => ObserveBudgets(static (_, budget) => budget.Limit), "{entry}", "Entries that a table of the adapter has.");
        meter.CreateObservableGauge("toe.adapter.budget.reserved", () => ObserveBudgets(Reserved), "{entry}", "Entries of a table of the adapter that are never lent.");
    }

    private static KeyValuePair<string, object?> Tag(SupervisedAdapter adapter) => new("toe.adapter.id", adapter.Identity.Id);

    private static long Used(SupervisedAdapter adapter, ToeBudget budget) => budget.Used + adapter.Leases.Lent(budget.Table);

    private long Reserved(SupervisedAdapter adapter, ToeBudget budget) => BudgetLeases.ReservedOf(budget, options().BudgetReserve);

    private IEnumerable<Measurement<int>> ObserveHealth() =>
        from adapter in supervisor.Adapters
        from state in Enum.GetValues<AdapterHealth>()
        select new Measurement<int>(adapter.View.Status.Health == state ? 1 : 0, Tag(adapter), new("toe.adapter.state", state.ToString()));

    private IEnumerable<Measurement<int>> ObserveFirmware() =>
        from adapter in supervisor.Adapters
        from verdict in Enum.GetValues<FirmwareVerdict>()
        select new Measurement<int>(adapter.View.Assessment.Verdict == verdict ? 1 : 0, Tag(adapter), new("toe.firmware.verdict", verdict.ToString()));

    private IEnumerable<Measurement<int>> ObserveUsable()
    {
        foreach (var adapter in supervisor.Adapters)
        {
            var obstacle = AdapterObstacle.Of(adapter, options().BudgetReserve);
            yield return obstacle.IsNone ? new Measurement<int>(1, Tag(adapter)) : new Measurement<int>(0, Tag(adapter), new("toe.obstacle.reason", obstacle.Name));
        }
    }

    private IEnumerable<Measurement<int>> ObserveCircuits() => supervisor.Adapters.Select(static adapter => new Measurement<int>(adapter.Circuit.IsClosed ? 0 : 1, Tag(adapter)));

    private IEnumerable<Measurement<int>> ObserveConnections() => supervisor.Adapters.Select(static adapter => new Measurement<int>(adapter.CarrierCount, Tag(adapter)));

    private IEnumerable<Measurement<long>> ObserveBudgets(Func<SupervisedAdapter, ToeBudget, long> read) =>
        from adapter in supervisor.Adapters
        from budget in adapter.View.Status.Budgets
        select new Measurement<long>(read(adapter, budget), Tag(adapter), new("toe.budget.table", budget.Table));
}
