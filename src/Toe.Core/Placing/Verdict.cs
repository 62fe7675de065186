namespace Toe.Placing;

/// <summary>What the advisor says of an adapter on a path.</summary>
/// <param name="IsHostFaster">True when connections should run on the host stack.</param>
/// <param name="WantsOther">True when the side that the verdict is against has not been measured lately.</param>
/// <param name="Text">The numbers.</param>
internal sealed record Verdict(bool IsHostFaster, bool WantsOther, string Text);
