using System.Collections.Immutable;
using Toe.Adapters;

namespace Toe.Gates;

/// <summary>All gates' answers for one candidate.</summary>
/// <param name="Answers">In the order asked; gates behind a refusal were not asked.</param>
/// <param name="Refusal"><see cref="ToeReason.None"/> when all passed.</param>
/// <param name="Lease">Entries taken for the connection; null when refused or dry.</param>
internal readonly record struct GateResult(ImmutableArray<GateAnswer> Answers, ToeReason Refusal, BudgetLease? Lease)
{
    public bool Passed => Refusal.IsNone;
}
