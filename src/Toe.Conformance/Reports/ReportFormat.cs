namespace Toe.Conformance;

/// <summary>How a report is written.</summary>
public enum ReportFormat
{
    /// <summary>JSON, for programs.</summary>
    Json,

    /// <summary>Markdown, for a page beside the code.</summary>
    Markdown,

    /// <summary>One HTML page that needs nothing beside it.</summary>
    Html,

    /// <summary>JUnit's XML, for a build server.</summary>
    JUnit,
}
