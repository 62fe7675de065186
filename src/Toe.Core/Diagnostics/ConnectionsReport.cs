namespace Toe.Diagnostics;

/// <summary>All connections of one process.</summary>
/// <param name="Connections">The connections.</param>
public sealed record ConnectionsReport(IReadOnlyList<ConnectionReport> Connections);
