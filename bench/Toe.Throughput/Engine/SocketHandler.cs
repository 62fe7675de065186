using System.Net.Sockets;
using Toe.Emulated.Tcp;

namespace Toe.Throughput.Engine;

/// <summary>What is done on the engine's thread whenever a connection is ready.</summary>
internal abstract class SocketHandler : ITcpSocketEvents
{
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The connection; set before the first event.</summary>
    public TcpSocket Socket { get; set; } = null!;

    /// <summary>Done when the handshake of an active open is.</summary>
    public Task Connected => _connected.Task;

    public void OnConnected()
    {
        _connected.SetResult();
        Go();
    }

    public void OnReady(Readiness what) => Go();

    public virtual void OnClosed(SocketError error) => _connected.TrySetException(new SocketException((int)error));

    /// <summary>Does all that can be done now, and arms what must be waited for.</summary>
    public abstract void Go();
}
