namespace KestrelOverToe;

/// <summary>A line of the table of connections.</summary>
internal sealed record Line(long Id, string Remote, string State, string Placement, string Reason, long Received, long Sent, double? RoundTripMicroseconds);
