namespace Toe.Conformance;

/// <summary>The same around an adapter that takes connections over and shows its packets.</summary>
internal sealed class BrokenFullAdapter(IToeAdapter adapter, IReadOnlyList<IToeAdapter> all, Defect defect) : BrokenAdapter(adapter, all, defect), IImportsState, ICapturesPackets
{
    private readonly IImportsState _importing = (IImportsState)adapter;
    private readonly ICapturesPackets _capturing = (ICapturesPackets)adapter;
    private readonly Defect _defect = defect;

    public CaptureLinkType CaptureLinkType => _defect == Defect.WrongLinkType ? CaptureLinkType.Ethernet : _capturing.CaptureLinkType;

    public async ValueTask<PrepareResult> PrepareAsync(TcpTuple tuple, IAdapterSocketEvents events, CancellationToken cancellationToken)
    {
        var result = await _importing.PrepareAsync(tuple, events, cancellationToken);
        return result.Place is { } place ? PrepareResult.Prepared(new BrokenMoveTarget(place, _defect)) : result;
    }

    public async ValueTask<CaptureResult> StartCaptureAsync(ICaptureReceiver packets, CancellationToken cancellationToken)
    {
        var result = await _capturing.StartCaptureAsync(new BrokenCapture(packets, _defect), cancellationToken);
        return result.Capture is { } capture && _defect == Defect.CapturesAfterDisposal ? CaptureResult.Started(new Endless(capture)) : result;
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
