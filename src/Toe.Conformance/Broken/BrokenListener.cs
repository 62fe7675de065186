using System.Net;

namespace Toe.Conformance;

/// <summary>A listener with a defect.</summary>
internal sealed class BrokenListener(IToeAdapterListener? inner, BrokenListenerEvents events, Defect defect) : IToeAdapterListener
{
    private int _disposals;

    public IPEndPoint? EndPoint { get; init; }

    public IPEndPoint LocalEndPoint => defect == Defect.ListensAtPortZero ? new IPEndPoint(inner!.LocalEndPoint.Address, 0) : EndPoint ?? inner!.LocalEndPoint;

    public async ValueTask DisposeAsync()
    {
        if (defect == Defect.AcceptsAfterDisposal)
            return;
        ObjectDisposedException.ThrowIf(defect == Defect.ListenerDisposesOnce && ++_disposals > 1, this);
        if (inner is not null)
            await inner.DisposeAsync();
        if (defect == Defect.EndsAcceptedWithListener)
            events.AbortAccepted();
    }
}
