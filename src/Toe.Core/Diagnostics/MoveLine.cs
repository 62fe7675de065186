namespace Toe.Diagnostics;

/// <summary>A line of the answer to a question that moves connections.</summary>
/// <param name="Step">Progress.</param>
/// <param name="IsDone">True in the last line.</param>
/// <param name="Error">Why nothing was done, instead of everything else.</param>
/// <param name="NothingMatched">With an error: what the question names is not here.</param>
internal sealed record MoveLine(MoveStep? Step = null, bool IsDone = false, string? Error = null, bool NothingMatched = false);
