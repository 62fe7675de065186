namespace Toe.Conformance;

/// <summary>A prepared place with a defect.</summary>
internal sealed class BrokenMoveTarget(IMoveTarget inner, Defect defect) : IMoveTarget
{
    public ValueTask<ToeReason> ImportAsync(TcpConnectionState state, CancellationToken cancellationToken) =>
        defect == Defect.TakesNonsense ? ValueTask.FromResult(ToeReason.None) : inner.ImportAsync(state, cancellationToken);

    public ValueTask<IToeAdapterSocket> ActivateAsync() => inner.ActivateAsync();

    public ValueTask AbandonAsync() => defect == Defect.LeaksPlaces ? ValueTask.CompletedTask : inner.AbandonAsync();
}
