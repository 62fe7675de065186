namespace Toe.Conformance;

/// <summary>The same around a socket that gives its connection up.</summary>
internal sealed class BrokenExportingSocket(IToeAdapterSocket inner, BrokenSocketEvents events, Defect defect) : BrokenSocket(inner, events, defect), IExportsState
{
    private readonly IExportsState _exporting = (IExportsState)inner;
    private readonly BrokenSocketEvents _heard = events;
    private readonly Defect _defect = defect;

    public async ValueTask<IMoveSource> FreezeAsync(CancellationToken cancellationToken) =>
        new BrokenMoveSource(await _exporting.FreezeAsync(cancellationToken), _heard, _defect);
}
