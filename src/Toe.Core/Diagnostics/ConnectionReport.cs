using System.Text.Json.Serialization;

namespace Toe.Diagnostics;

/// <summary>A connection as the diagnostic endpoint tells it; the JSON names are the lower-camel-case property names.</summary>
public sealed record ConnectionReport
{
    /// <summary>The process.</summary>
    public required int Pid { get; init; }

    /// <summary>The connection's number in its process.</summary>
    public required long Id { get; init; }

    /// <summary>The local endpoint.</summary>
    public required string Local { get; init; }

    /// <summary>The peer.</summary>
    public required string Remote { get; init; }

    /// <summary>The TCP state.</summary>
    public required string State { get; init; }

    /// <summary>The adapter's id, or <c>HostStack</c>.</summary>
    public required string Placement { get; init; }

    /// <summary>How sure it is that the connection is offloaded.</summary>
    public required string Confidence { get; init; }

    /// <summary>Since when it runs there.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why it runs there; null when the first choice was taken.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Reason { get; init; }

    /// <summary>Bytes taken from the application.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Bytes given to the application.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Smoothed round-trip time in microseconds, when known.</summary>
    public double? RoundTripMicroseconds { get; init; }

    /// <summary>Segments sent again, when known.</summary>
    public long? Retransmits { get; init; }

    internal static ConnectionReport Of(ToeConnectionInfo info) => new()
    {
        Pid = Environment.ProcessId,
        Id = info.Id,
        Local = info.Local.ToString(),
        Remote = info.Remote.ToString(),
        State = info.State.ToString(),
        Placement = info.Placement.AdapterId ?? "HostStack",
        Confidence = info.Placement.Confidence.ToString(),
        Since = info.Placement.Since,
        Reason = info.Placement.Reason.IsNone ? null : info.Placement.Reason.ToString(),
        BytesSent = info.BytesSent,
        BytesReceived = info.BytesReceived,
        RoundTripMicroseconds = info.RoundTripTime?.TotalMicroseconds,
        Retransmits = info.Retransmits,
    };
}
