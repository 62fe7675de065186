namespace Toe.Chelsio.Tables;

/// <summary>One row of <c>pm_stats</c>.</summary>
/// <param name="Commands">The column <c>pcmds</c>.</param>
/// <param name="Bytes">The column <c>bytes</c>.</param>
internal readonly record struct PayloadCounter(long Commands, long Bytes);
