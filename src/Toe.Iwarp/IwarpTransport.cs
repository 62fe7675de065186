using Toe.Linux;

namespace Toe.Iwarp;

/// <summary>What a provider's iWARP adapters share: the threads that wait for rsockets. They start with the first socket. Owned by the provider, which disposes its adapters first.</summary>
public sealed class IwarpTransport : IDisposable
{
    private readonly Lock _starting = new();
    private RsocketPoller? _poller;
    private bool _isDisposed;

    /// <summary>The poller.</summary>
    /// <exception cref="ObjectDisposedException">The provider was disposed.</exception>
    internal RsocketPoller Poller
    {
        get
        {
            lock (_starting)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                return _poller ??= Start();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_starting)
        {
            _isDisposed = true;
            _poller?.Dispose();
            _poller = null;
        }
    }

    private static RsocketPoller Start()
    {
        RdmaLibrary.HoldDevices();
        return new RsocketPoller();
    }
}
