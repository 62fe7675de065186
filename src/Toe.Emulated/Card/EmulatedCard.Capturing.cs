namespace Toe.Emulated;

/// <content>Captures at run time.</content>
public sealed partial class EmulatedCard
{
    /// <inheritdoc/>
    public CaptureLinkType CaptureLinkType => CaptureLinkType.RawIp;

    /// <inheritdoc/>
    public async ValueTask<CaptureResult> StartCaptureAsync(ICaptureReceiver packets, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(packets);
        cancellationToken.ThrowIfCancellationRequested();
        var capture = new CardCapture(Shards, packets);
        try
        {
            await capture.StartAsync().ConfigureAwait(false);
            return CaptureResult.Started(capture);
        }
        catch (ObjectDisposedException)
        {
            return CaptureResult.Refused(ToeReasons.HealthRemoved.With("the card was disposed"));
        }
    }
}
