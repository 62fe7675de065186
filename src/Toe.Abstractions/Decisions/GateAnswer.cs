namespace Toe;

/// <summary>One gate asked about one candidate.</summary>
/// <param name="Gate">The gate's name: Route, Capability, HostRules, Firmware, Health, Budget or Worth.</param>
/// <param name="Outcome">Its answer.</param>
/// <param name="Reason">Why; with <see cref="GateOutcome.Pass"/> a reason is a warning.</param>
public readonly record struct GateAnswer(string Gate, GateOutcome Outcome, ToeReason Reason = default);
