namespace Toe.Conformance;

/// <summary>What came of trying one requirement.</summary>
/// <param name="Requirement">Which.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Detail">Why, where it did not simply pass; what was measured, where it did and something was.</param>
/// <param name="Seed">The seed of everything random in it.</param>
/// <param name="Duration">How long it took.</param>
public sealed record RequirementResult(Requirement Requirement, Outcome Outcome, string Detail, int Seed, TimeSpan Duration)
{
    /// <summary>True when the provider is not what it says.</summary>
    public bool IsBad => Outcome is Outcome.Fail or Outcome.UnderDeclared;
}
