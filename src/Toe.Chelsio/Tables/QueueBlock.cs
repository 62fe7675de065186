namespace Toe.Chelsio.Tables;

/// <summary>One block of <c>sge_qinfo</c>: up to four queues side by side.</summary>
/// <param name="Kind">What the queues are for, such as <c>Ethernet</c> or <c>TOE</c>.</param>
/// <param name="Columns">How many queues there are.</param>
/// <param name="Rows">The rows by their label without the colon, a word for each queue.</param>
internal sealed record QueueBlock(string Kind, int Columns, IReadOnlyDictionary<string, IReadOnlyList<string>> Rows);
