using Toe.Conformance;

namespace Acme;

/// <summary>What can be done to a card.</summary>
internal sealed class AcmeFaults(ToeOneCard card) : ConformanceFaults
{
    public override bool CanBeFlashed => false;

    public override bool HasLink => false;

    public override ValueTask FailAsync(CancellationToken cancellationToken)
    {
        card.Crash();
        return ValueTask.CompletedTask;
    }

    public override ValueTask RecoverAsync(CancellationToken cancellationToken)
    {
        card.Reset();
        return ValueTask.CompletedTask;
    }
}
