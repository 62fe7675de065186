namespace Toe.Chelsio.Policy;

/// <summary>One rule of a connection offload policy.</summary>
/// <param name="Text">The rule as it is written, in one line.</param>
/// <param name="Matches">Whether an open matches; null when the question does not say enough.</param>
/// <param name="Offload">What it does; null when its settings do not say.</param>
internal sealed record CopRule(string Text, Func<CopQuestion, bool?> Matches, bool? Offload);
