using Toe.Throughput.Report;

namespace Toe.Throughput.Rows;

/// <summary>Something of this process alone, measured a number of times.</summary>
/// <param name="id">Its name.</param>
/// <param name="unit">The unit of its samples.</param>
/// <param name="subject">What is measured.</param>
/// <param name="measure">Measures once.</param>
internal sealed class SingleRow(string id, string unit, string subject, Func<Session, Task<double>> measure) : Row(id, unit)
{
    public int Repetitions { get; init; } = 9;

    protected override async Task<RowResult> MeasureAsync(Session session)
    {
        for (var pass = 0; pass < session.WarmUps; pass++)
            await ReadAsync(session);
        var side = new Side(subject);
        for (var repetition = 0; repetition < session.Repetitions(Repetitions); repetition++)
            await side.AddAsync(() => ReadAsync(session));
        return new RowResult(this, side, reference: null);
    }

    private Task<Reading> ReadAsync(Session session)
    {
        session.Stop.ThrowIfCancellationRequested();
        return Reading.OfThisProcessAsync(() => measure(session));
    }
}
