namespace Toe.Firmware;

/// <summary>Reads a conformance report. Total: any bytes give a proof or a <see cref="FormatException"/>.</summary>
internal static class ConformanceReportParser
{
    private const int Schema = 1;

    /// <summary>Reads what a report proves.</summary>
    /// <param name="json">UTF-8.</param>
    /// <exception cref="FormatException">It is no report, or one that proves nothing; the message says why, with the place.</exception>
    public static ConformanceProof Parse(ReadOnlySpan<byte> json)
    {
        var report = JsonText.Read(json, ReportJson.Default.ReportDocument);
        if (report.Schema != Schema)
            throw new FormatException(FormattableString.Invariant($"$.schema: {report.Schema} is not a schema that this SDK reads ({Schema})"));
        if (!report.Good)
            throw new FormatException("$.good: the adapter did not pass");
        if (!report.Complete)
            throw new FormatException("$.complete: not every requirement was tried");
        if (report.Outcomes.NotExercised != 0)
            throw new FormatException(FormattableString.Invariant($"$.outcomes.NotExercised: of {report.Outcomes.NotExercised} requirements nothing is known"));
        return new ConformanceProof(report.Subject.Provider, report.Subject.Product, report.Subject.Firmware);
    }
}
