using Toe.Linux;

namespace Toe.Iwarp;

/// <summary>What a provider's iWARP adapters share: the engine that carries rsockets. It starts when a usable device is first read. Owned by the provider, which disposes its adapters first.</summary>
public sealed class IwarpTransport : IDisposable
{
    private readonly Lock _starting = new();
    private RsocketEngine? _engine;
    private bool _isDisposed;

    /// <summary>The engine.</summary>
    /// <exception cref="ObjectDisposedException">The provider was disposed.</exception>
    /// <exception cref="LinuxException">The kernel's side of the connection manager is missing.</exception>
    internal RsocketEngine Engine
    {
        get
        {
            lock (_starting)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                return _engine ??= new RsocketEngine();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_starting)
        {
            _isDisposed = true;
            _engine?.Dispose();
            _engine = null;
        }
    }
}
