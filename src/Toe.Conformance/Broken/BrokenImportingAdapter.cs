namespace Toe.Conformance;

/// <summary>The same around an adapter that takes connections over.</summary>
internal sealed class BrokenImportingAdapter(IToeAdapter adapter, IReadOnlyList<IToeAdapter> all, Defect defect) : BrokenAdapter(adapter, all, defect), IImportsState
{
    private readonly IImportsState _importing = (IImportsState)adapter;

    public ValueTask<PrepareResult> PrepareAsync(TcpTuple tuple, IAdapterSocketEvents events, CancellationToken cancellationToken) => _importing.PrepareAsync(tuple, events, cancellationToken);
}
