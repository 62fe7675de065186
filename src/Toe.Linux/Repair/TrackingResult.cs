namespace Toe.Linux;

/// <summary>The kernel's answer to a change of a connection's tracking entry.</summary>
/// <param name="Answer">What became of it.</param>
/// <param name="Refusal"><see cref="ToeReasons.EnvironmentConntrack"/> with the text why not; otherwise <see cref="ToeReason.None"/>.</param>
public readonly record struct TrackingResult(TrackingAnswer Answer, ToeReason Refusal);
