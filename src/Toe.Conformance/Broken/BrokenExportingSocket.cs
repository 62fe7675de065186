namespace Toe.Conformance;

/// <summary>The same around a socket that gives its connection up.</summary>
internal sealed class BrokenExportingSocket(IToeAdapterSocket inner, BrokenSocketEvents events, Defect defect) : BrokenSocket(inner, events, defect), IExportsState
{
    private readonly IExportsState _exporting = (IExportsState)inner;

    public ValueTask<IMoveSource> FreezeAsync(CancellationToken cancellationToken) => _exporting.FreezeAsync(cancellationToken);
}
