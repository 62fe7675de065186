using System.Text.Json.Serialization;

namespace Toe.Diagnostics;

/// <summary>What became of a connection that somebody wanted moved; the JSON names are the lower-camel-case property names.</summary>
public sealed record MoveReport
{
    /// <summary>The process.</summary>
    public required int Pid { get; init; }

    /// <summary>The connection's number in its process.</summary>
    public required long Id { get; init; }

    /// <summary>The local endpoint.</summary>
    public required string Local { get; init; }

    /// <summary>The peer.</summary>
    public required string Remote { get; init; }

    /// <summary>Where it ran: the adapter's id, or <c>HostStack</c>.</summary>
    public required string From { get; init; }

    /// <summary>Where it runs now, likewise.</summary>
    public required string Placement { get; init; }

    /// <summary>What became of it.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<MoveOutcome>))]
    public required MoveOutcome Outcome { get; init; }

    /// <summary>Why it stayed, one reason for each place that was tried; null when it did not stay.</summary>
    public string? Reason { get; init; }
}
