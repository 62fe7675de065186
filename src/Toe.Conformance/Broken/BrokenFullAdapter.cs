namespace Toe.Conformance;

/// <summary>The same around an adapter that takes connections over and shows its packets.</summary>
internal sealed class BrokenFullAdapter(IToeAdapter adapter, IReadOnlyList<IToeAdapter> all, Defect defect) : BrokenAdapter(adapter, all, defect), IImportsState, ICapturesPackets
{
    private readonly IImportsState _importing = (IImportsState)adapter;
    private readonly ICapturesPackets _capturing = (ICapturesPackets)adapter;
    private readonly Defect _defect = defect;
    private int _looks;
    private int _prepared;

    public CaptureLinkType CaptureLinkType => _defect switch
    {
        Defect.WrongLinkType => CaptureLinkType.Ethernet,
        Defect.ChangingLinkType => (CaptureLinkType)(_looks++ % 2),
        _ => _capturing.CaptureLinkType,
    };

    public async ValueTask<PrepareResult> PrepareAsync(TcpTuple tuple, IAdapterSocketEvents events, CancellationToken cancellationToken)
    {
        if (_defect == Defect.MovesOnce && _prepared++ > 0)
            return PrepareResult.Refused(ToeReasons.ResourceOther);
        var result = await _importing.PrepareAsync(tuple, events, cancellationToken);
        return result.Place is { } place ? PrepareResult.Prepared(new BrokenMoveTarget(place, _defect)) : result;
    }

    public async ValueTask<CaptureResult> StartCaptureAsync(ICaptureReceiver packets, CancellationToken cancellationToken)
    {
        var result = await _capturing.StartCaptureAsync(new BrokenCapture(packets, _defect), cancellationToken);
        return (result.Capture, _defect) switch
        {
            ({ } capture, Defect.CapturesAfterDisposal) => CaptureResult.Started(new Endless(capture)),
            ({ } capture, Defect.CaptureDisposesOnce) => CaptureResult.Started(new Once(capture)),
            _ => result,
        };
    }

    /// <summary>Throws at its second disposal.</summary>
    private sealed class Once(IAsyncDisposable capture) : IAsyncDisposable
    {
        private int _disposals;

        public ValueTask DisposeAsync()
        {
            ObjectDisposedException.ThrowIf(++_disposals > 1, this);
            return capture.DisposeAsync();
        }
    }

    /// <summary>Goes on after its disposal.</summary>
    private sealed class Endless(IAsyncDisposable capture) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            GC.KeepAlive(capture);
            return ValueTask.CompletedTask;
        }
    }
}
