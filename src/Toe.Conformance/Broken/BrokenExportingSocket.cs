using System.Net.NetworkInformation;

namespace Toe.Conformance;

/// <summary>The same around a socket that gives its connection up.</summary>
internal sealed class BrokenExportingSocket(IToeAdapterSocket inner, BrokenSocketEvents events, BrokenAdapter adapter, Defect defect) : BrokenSocket(inner, events, adapter, defect), IExportsState
{
    private readonly IToeAdapterSocket _inner = inner;
    private readonly BrokenSocketEvents _heard = events;
    private readonly BrokenAdapter _adapter = adapter;
    private readonly Defect _defect = defect;

    public async ValueTask<IMoveSource> FreezeAsync(CancellationToken cancellationToken)
    {
        if (_defect == Defect.MovesNoHalf && _inner.GetInfo().State != TcpState.Established)
            throw new InvalidOperationException("It is half closed.");
        if (_defect == Defect.TalksWhenFrozen)
            _inner.TrySend("!"u8, out _);
        return new BrokenMoveSource(await ((IExportsState)_inner).FreezeAsync(cancellationToken), _inner, _heard, _defect) { Number = _adapter.Count() };
    }
}
