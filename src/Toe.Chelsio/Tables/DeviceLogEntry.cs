namespace Toe.Chelsio.Tables;

/// <summary>One row of <c>devlog</c>.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Timestamp">The firmware's clock.</param>
/// <param name="Level"><c>EMERG</c>, <c>CRIT</c>, <c>ERR</c>, <c>NOTICE</c>, <c>INFO</c>, <c>DEBUG</c>.</param>
/// <param name="Facility">Which part of the firmware speaks, such as <c>OFLD</c>.</param>
/// <param name="Message">What it says.</param>
internal sealed record DeviceLogEntry(long Sequence, long Timestamp, string Level, string Facility, string Message);
