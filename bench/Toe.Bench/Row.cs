namespace Toe.Bench;

/// <summary>One line of the report: a subject against a reference, and against itself slowed on purpose.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Unit">The unit of both rates.</param>
/// <param name="Subject">Measures the subject's rate; with true, slowed by a tenth.</param>
/// <param name="Reference">Measures the reference's rate.</param>
internal sealed record Row(string Id, string Unit, Func<bool, Task<double>> Subject, Func<Task<double>> Reference)
{
    public async Task<RowResult> MeasureAsync()
    {
        var ratio = await PairedRatio.MeasureAsync(() => Subject(false), Reference);
        var planted = await PairedRatio.MeasureAsync(() => Subject(true), Reference);
        return new RowResult(this, ratio, planted);
    }
}
