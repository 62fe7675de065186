using System.Collections.Immutable;

namespace Toe;

/// <summary>One adapter in a decision: every gate's answer, and what became of it.</summary>
/// <param name="AdapterId">The adapter.</param>
/// <param name="Model">Its offload model.</param>
/// <param name="Gates">The answers in the order asked; gates behind a refusal were not asked.</param>
/// <param name="Outcome">What became of the candidate.</param>
/// <param name="Reason">Why it was refused: the gate's reason, or the adapter's own.</param>
public sealed record CandidateDecision(
    string AdapterId, OffloadModel Model, ImmutableArray<GateAnswer> Gates, CandidateOutcome Outcome, ToeReason Reason = default)
{
    /// <summary>Equal when every answer is.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(CandidateDecision? other) =>
        other is not null && AdapterId == other.AdapterId && Model == other.Model && Outcome == other.Outcome
        && Reason == other.Reason && Gates.AsSpan().SequenceEqual(other.Gates.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(AdapterId, StringComparer.Ordinal);
        hash.Add(Outcome);
        hash.Add(Reason);
        foreach (var gate in Gates)
            hash.Add(gate);
        return hash.ToHashCode();
    }
}
