namespace Toe.Firmware;

/// <summary>What decides in the file of a conformance report. Within a schema keys keep their meaning and others may come.</summary>
internal sealed class ReportDocument
{
    /// <summary>1.</summary>
    public required int Schema { get; set; }

    /// <summary>True when nothing failed.</summary>
    public required bool Good { get; set; }

    /// <summary>True when every requirement of the kit was tried.</summary>
    public required bool Complete { get; set; }

    /// <summary>What was tried.</summary>
    public required ReportSubjectDocument Subject { get; set; }

    /// <summary>How many requirements had which outcome.</summary>
    public required ReportOutcomesDocument Outcomes { get; set; }
}
