using System.Text.Json.Serialization;

namespace Toe.Firmware;

/// <summary>The outcomes in the file of a conformance report that the word "good" does not cover.</summary>
internal sealed class ReportOutcomesDocument
{
    /// <summary>Requirements of which nothing is known.</summary>
    [JsonPropertyName("NotExercised")]
    public required int NotExercised { get; set; }
}
