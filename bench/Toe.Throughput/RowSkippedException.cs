namespace Toe.Throughput;

/// <summary>A row cannot be measured here; the message says what is missing.</summary>
internal sealed class RowSkippedException(string message) : Exception(message);
