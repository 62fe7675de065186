using Toe.Throughput.Ends;
using Toe.Throughput.Kernel;
using Toe.Throughput.Report;

namespace Toe.Throughput.Rows;

/// <summary>Two ends, measured by the same driver in interleaved pairs; the first one a second time with a slow-down planted.</summary>
/// <param name="id">Its name.</param>
/// <param name="unit">The unit of its samples.</param>
/// <param name="subject">Starts the end in question.</param>
/// <param name="reference">Starts the end that it is compared with.</param>
internal sealed class PairRow(string id, string unit, Func<Lab, Task<IEnd>> subject, Func<Lab, Task<IEnd>> reference) : Row(id, unit)
{
    public required Mode Mode { get; init; }

    public int Connections { get; init; } = 1;

    /// <summary>Bytes of a message.</summary>
    public int Size { get; init; } = 1;

    /// <summary>Which of the values of the driver's answer is the row's.</summary>
    public int Value { get; init; }

    public PairLimits Limits { get; init; } = PairLimits.Default;

    /// <summary>True where the first end can be slowed down: ours can, the kernel and other programs cannot.</summary>
    public bool HasBrake { get; init; } = true;

    /// <summary>True where the planted slow-down is a defined one: with one connection.</summary>
    private bool CanPlant => HasBrake && Connections == 1;

    protected override async Task<RowResult> MeasureAsync(Session session)
    {
        var lab = await session.LabAsync();
        await using var first = await subject(lab);
        await using var second = await reference(lab);
        await WarmAsync();
        var (over, under) = (new Side(first.Name, dropped: 1), new Side(second.Name, dropped: 1));
        var limits = session.Limit(Limits);
        var ratio = await PairedRatio.MeasureAsync(
            () => over.AddAsync(() => MeasureAsync(first, slowed: false)), () => under.AddAsync(() => MeasureAsync(second, slowed: false)), limits);
        var path = await first.DescribeAsync();
        var planted = CanPlant && !session.IsQuick
            ? await PairedRatio.MeasureAsync(async () => (await MeasureAsync(first, slowed: true)).Value, async () => (await MeasureAsync(second, slowed: false)).Value, limits)
            : null;
        return new RowResult(this, over, under) { Ratio = ratio, Planted = planted, Path = path };

        async Task WarmAsync()
        {
            for (var pass = 0; pass < session.WarmUps; pass++)
            {
                await MeasureAsync(first, slowed: false);
                await MeasureAsync(second, slowed: false);
            }
        }

        Task<Reading> MeasureAsync(IEnd end, bool slowed)
        {
            session.Stop.ThrowIfCancellationRequested();
            return lab.MeasureAsync(end, new DriverOrder(Mode, end.Address, Connections, Size, session.Duration, slowed), Value);
        }
    }
}
