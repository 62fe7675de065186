namespace Toe;

/// <summary>On an adapter that can show the packets of the connections it carries, which the host's own captures never see.</summary>
public interface ICapturesPackets
{
    /// <summary>How the packets begin. Stays the same.</summary>
    CaptureLinkType CaptureLinkType { get; }

    /// <summary>Begins to copy every packet that the adapter sends and receives. Several captures may run at once; while none does, captures cost nothing.</summary>
    /// <param name="packets">The receiver; called until the capture is disposed.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The running capture, or why there is none.</returns>
    ValueTask<CaptureResult> StartCaptureAsync(ICaptureReceiver packets, CancellationToken cancellationToken);
}
