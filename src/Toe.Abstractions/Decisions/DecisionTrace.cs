using System.Collections.Immutable;
using System.Text;

namespace Toe;

/// <summary>Why a connection runs where it runs: the mode and who set it, every adapter, every gate, every answer.</summary>
/// <remarks>A trace has no endpoint and no time in it, so that all connections with the same answers share one instance.</remarks>
public sealed record DecisionTrace
{
    /// <summary>The mode in force.</summary>
    public required ToeMode Mode { get; init; }

    /// <summary>Who set the mode: <c>default</c>, <c>request</c>, <c>policy</c> with the rule's name, or <c>operator</c> with the place.</summary>
    public required string ModeSource { get; init; }

    /// <summary>Every adapter in the order of preference.</summary>
    public required ImmutableArray<CandidateDecision> Candidates { get; init; }

    /// <summary>The adapter that was taken; null means the host stack, or nothing where <see cref="Failed"/>.</summary>
    public string? AdapterId { get; init; }

    /// <summary>True when the mode allowed nothing that was to be had.</summary>
    public bool Failed { get; init; }

    /// <summary>Why not the first choice; <see cref="ToeReason.None"/> when it was taken.</summary>
    public ToeReason Reason { get; init; }

    /// <summary>The placement in words: the adapter's id, <c>HostStack</c> or <c>None</c>.</summary>
    public string Placement => AdapterId ?? (Failed ? "None" : "HostStack");

    /// <summary>Equal when every answer is.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(DecisionTrace? other) =>
        other is not null && Mode == other.Mode && ModeSource == other.ModeSource && AdapterId == other.AdapterId
        && Failed == other.Failed && Reason == other.Reason
        && Candidates.AsSpan().SequenceEqual(other.Candidates.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Mode);
        hash.Add(ModeSource, StringComparer.Ordinal);
        hash.Add(AdapterId, StringComparer.Ordinal);
        hash.Add(Failed);
        hash.Add(Reason);
        foreach (var candidate in Candidates)
            hash.Add(candidate);
        return hash.ToHashCode();
    }

    /// <summary>The trace as text: a line for the outcome, a line for each adapter, a line for each gate.</summary>
    public override string ToString()
    {
        var text = new StringBuilder()
            .Append("placement ").Append(Placement).Append(", mode ").Append(Mode).Append(" (").Append(ModeSource).Append(')');
        if (!Reason.IsNone)
            text.Append(", because ").Append(Reason);
        foreach (var candidate in Candidates)
            AppendCandidate(text.AppendLine(), candidate);
        return text.ToString();
    }

    /// <summary>The trace as JSON, with the keys <c>mode</c>, <c>modeSource</c>, <c>placement</c>, <c>reason</c> and <c>trace[]</c>.</summary>
    public string ToJson() => DecisionTraceJson.Write(this);

    private static void AppendCandidate(StringBuilder text, CandidateDecision candidate)
    {
        text.Append("  ").Append(candidate.AdapterId).Append(" (").Append(candidate.Model).Append("): ").Append(candidate.Outcome);
        if (!candidate.Reason.IsNone)
            text.Append(", ").Append(candidate.Reason);
        foreach (var gate in candidate.Gates)
        {
            text.AppendLine().Append("    ").Append(gate.Gate.PadRight(10)).Append(' ').Append(gate.Outcome);
            if (!gate.Reason.IsNone)
                text.Append(", ").Append(gate.Reason);
        }
    }
}
