using Toe.Emulated.Links;
using Toe.Throughput.Ends;
using Toe.Throughput.Engine;
using Toe.Throughput.Kernel;
using Toe.Throughput.Report;

namespace Toe.Throughput.Rows;

/// <summary>
/// Two engines on a fabric against two kernels on a line between TAP devices: the same delay, the same share of packets lost by the same seeds, both in real
/// time, CUBIC in both.
/// </summary>
/// <param name="id">Its name.</param>
/// <param name="unit">The unit of its samples.</param>
/// <param name="faults">What the line does each way.</param>
internal sealed class LossRow(string id, string unit, LinkFaults faults) : Row(id, unit)
{
    private const int Mtu = 1500;

    // Where losses fall makes a pair's ratio wide: more of them would cost more time than they tell.
    private static readonly PairLimits Limits = new(8, 40, 0.08);

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);

    protected override async Task<RowResult> MeasureAsync(Session session)
    {
        var lab = await session.LabAsync();
        await using var kernels = await lab.LossyKernelAsync(faults);
        var (over, under) = (new Side("engine to engine", dropped: 1), new Side(kernels.Name, dropped: 1));
        var (overSeed, underSeed) = (0L, 0L);
        var duration = session.IsQuick ? session.Duration : Duration;
        var ratio = await PairedRatio.MeasureAsync(() => over.AddAsync(EnginesAsync), () => under.AddAsync(KernelsAsync), session.Limit(Limits));
        return new RowResult(this, over, under) { Ratio = ratio };

        async Task<Reading> EnginesAsync()
        {
            session.Stop.ThrowIfCancellationRequested();
            var seeded = faults with { Seed = overSeed++ };
            return await Reading.OfThisProcessAsync(() => FabricStream.RateAsync(Mtu, duration, seeded));
        }

        async Task<Reading> KernelsAsync()
        {
            session.Stop.ThrowIfCancellationRequested();
            await kernels.SeedAsync(underSeed++);
            return await lab.MeasureAsync(kernels, new DriverOrder(Mode.Sink, kernels.Address, Connections: 1, Size: 1, duration, Slowed: false), value: 0);
        }
    }
}
