namespace Toe.Diagnostics;

/// <summary>What a capture has brought.</summary>
/// <param name="Bytes">Bytes written.</param>
/// <param name="Packets">Packets in them.</param>
/// <param name="Lost">Packets that are not, because they were not taken in time.</param>
/// <param name="WasStopped">False when the program ended the capture before anybody asked for it.</param>
public sealed record CaptureSummary(long Bytes, long Packets, long Lost, bool WasStopped);
