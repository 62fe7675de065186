using Toe.Throughput.Report;

namespace Toe.Throughput.Rows;

/// <summary>One line of the report.</summary>
/// <param name="id">Its name.</param>
/// <param name="unit">The unit of its samples.</param>
internal abstract class Row(string id, string unit)
{
    public string Id => id;

    public string Unit => unit;

    /// <summary>True for the row itself and for its variants: <c>tap-rx</c> names <c>tap-rx-8</c> too.</summary>
    public bool IsNamed(string name) => id == name || id.StartsWith(name + "-", StringComparison.Ordinal);

    /// <summary>Measures, or says why not.</summary>
    public async Task<RowResult> RunAsync(Session session)
    {
        try
        {
            return await MeasureAsync(session);
        }
        catch (RowSkippedException skipped)
        {
            return RowResult.NotMeasured(this, skipped.Message);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            session.Stop.ThrowIfCancellationRequested();
            return RowResult.Failed(this, failure.Message); // The other rows may do better.
        }
    }

    protected abstract Task<RowResult> MeasureAsync(Session session);
}
