using Toe.Emulated.Links;
using Toe.Throughput.Ends;
using Toe.Throughput.Engine;
using Toe.Throughput.Stack;

namespace Toe.Throughput.Rows;

/// <summary>All rows, in the order of the report.</summary>
internal static class Catalogue
{
    private const string Rate = "Gbit/s";
    private const string Time = "µs";

    private static readonly TimeSpan IdleDuration = TimeSpan.FromSeconds(2);

    /// <summary>Makes them.</summary>
    /// <param name="peers">Other TCPs, by name, beside lwIP.</param>
    public static IReadOnlyList<Row> Rows(IReadOnlyList<Peer> peers) =>
    [
        .. Directions(Tap),
        .. Directions((id, mode) => Compared(id, "engine, TAP", "engine", mode, "lwip", LwipAsync)),
        .. Directions((id, mode) => Compared(id.Replace("tap", "tap-plain", StringComparison.Ordinal), "engine, TAP without offloads", "engine-plain", mode, suffix: null, LwipAsync)),
        .. Shared("interface-rx", Mode.Sink),
        .. Shared("interface-tx", Mode.Source),
        new PairRow("beside-steering-rx", Rate, lab => lab.SteeredKernelAsync(), lab => lab.KernelAsync()) { Mode = Mode.Sink, HasBrake = false },
        new PairRow("beside-steering-tx", Rate, lab => lab.SteeredKernelAsync(), lab => lab.KernelAsync()) { Mode = Mode.Source, HasBrake = false },
        .. peers.SelectMany(peer => Directions((id, mode) => Compared(id, "engine, TAP", "engine", mode, peer.Name, lab => lab.CommandAsync(peer.Name, peer.Command)))),
        .. RoundTrips("rtt-1B", 1),
        .. RoundTrips("rtt-1KiB", 1024),
        new SingleRow("fabric-1500", Rate, "engine to engine, fabric, MTU 1500", session => FabricStream.RateAsync(1500, session.Duration, faults: null)),
        new SingleRow("fabric-64k", Rate, "engine to engine, fabric, MTU 65535", session => FabricStream.RateAsync(65535, session.Duration, faults: null)),
        .. ((double[])[0, 0.1, 1, 3]).Select(Loss),
        new SingleRow("engine-connections", "1/s", "engines on two cores", session => ConnectionRate.MeasureAsync(session.Duration)),
        new SingleRow("stack-connections", "1/s", "stack, fabric", session => FabricStack.ConnectionsAsync(session.Duration)),
        new SingleRow("idle-engine", "B", "an end of the engine's", _ => IdleConnections.BytesAsync()) { Repetitions = 3 },
        new SingleRow("idle-million", "B", "an end of the engine's, resident, a million connections held", _ => Task.Run(ManyIdle.Bytes)) { Repetitions = 1 },
        new SingleRow("idle-connection", "B", "a ToeConnection", _ => FabricStack.IdleBytesAsync()) { Repetitions = 3 },
        new SingleRow("allocations", "B/segment", "engine to engine, fabric, a million segments", _ => FabricStream.AllocationsAsync()) { Repetitions = 3 },
        new SingleRow("idle-cpu", "% of a CPU", "10,000 idle connections, both ends", _ => IdleConnections.CpuAsync(IdleDuration)) { Repetitions = 3 },
    ];

    /// <summary>Seen from the end: it receives, or it transmits.</summary>
    private static IEnumerable<Row> Directions(Func<string, Mode, IEnumerable<Row>> rows) => rows("tap-rx", Mode.Sink).Concat(rows("tap-tx", Mode.Source));

    private static IEnumerable<Row> Tap(string id, Mode mode) => ((int[])[1, 8, 64]).Select(connections =>
        new PairRow(connections == 1 ? id : $"{id}-{connections}", Rate, lab => lab.OwnAsync("engine, TAP", "engine"), lab => lab.KernelAsync())
        {
            Mode = mode,
            Connections = connections,
        });

    private static IEnumerable<Row> Shared(string id, Mode mode) => ((bool[])[false, true]).Select(inline => new PairRow(
        inline ? id + "-inline" : id, Rate,
        lab => lab.InterfaceAsync(inline ? "stack inline, shared veth" : "stack, shared veth", inline ? "interface-inline" : "interface"), lab => lab.KernelAsync())
    {
        Mode = mode,
    });

    private static IEnumerable<Row> Compared(string id, string name, string kind, Mode mode, string? suffix, Func<Lab, Task<IEnd>> reference) =>
        [new PairRow(suffix is null ? id : $"{id}-{suffix}", Rate, lab => lab.OwnAsync(name, kind), reference) { Mode = mode }];

    private static async Task<IEnd> LwipAsync(Lab lab)
    {
        await Lwip.BuildAsync();
        return await lab.CommandAsync("lwIP, TAP", Lwip.Command);
    }

    private static IEnumerable<Row> RoundTrips(string id, int size) =>
        from end in ((string Suffix, string Name, string Kind)[])
        [
            ("", "engine inline, TAP", "engine"),
            ("-stack", "stack, TAP", "stack"),
            ("-stack-inline", "stack inline, TAP", "stack-inline"),
        ]
        from tail in (bool[])[false, true]
        select new PairRow($"{id}{end.Suffix}{(tail ? "-p99" : "")}", $"{Time} {(tail ? "p99" : "p50")}", lab => lab.OwnAsync(end.Name, end.Kind), lab => lab.KernelAsync())
        {
            Mode = Mode.Echo,
            Size = size,
            Value = tail ? 1 : 0,
            Limits = tail ? PairLimits.Tail : PairLimits.Default,
        };

    private static LossRow Loss(double percent) =>
        new(FormattableString.Invariant($"loss-{percent}"), Rate, new LinkFaults { Loss = percent / 100, Delay = TimeSpan.FromMilliseconds(10) });
}
