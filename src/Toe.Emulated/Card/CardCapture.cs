namespace Toe.Emulated;

/// <summary>A running capture of a card: all of its loops show their packets to one receiver.</summary>
internal sealed class CardCapture(CardShards shards, ICaptureReceiver packets) : IAsyncDisposable
{
    /// <summary>Begins on every loop.</summary>
    /// <exception cref="ObjectDisposedException">The card was disposed.</exception>
    public Task StartAsync() => Task.WhenAll(shards.Loops.Select(loop => loop.AddCaptureAsync(packets)));

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(shards.Loops.Select(loop => loop.RemoveCaptureAsync(packets))).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The card's end was the capture's.
        }
    }
}
