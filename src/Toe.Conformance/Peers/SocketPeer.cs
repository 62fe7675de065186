using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>A kernel's sockets as the peer: of this host, or made in a network namespace of it.</summary>
/// <param name="address">The kernel's address on the way to the adapter.</param>
/// <param name="adapterAddress">The adapter's address.</param>
/// <param name="create">Makes a TCP socket; null makes it where this code runs.</param>
/// <param name="freePort">A port at which the adapter may listen; null where it chooses by itself.</param>
public sealed class SocketPeer(IPAddress address, IPAddress adapterAddress, Func<AddressFamily, Task<Socket>>? create = null, Func<int>? freePort = null) : IConformancePeer
{
    /// <inheritdoc/>
    public IPAddress AdapterAddress(AddressFamily family) => adapterAddress.AddressFamily == family
        ? adapterAddress
        : throw new NotSupportedException($"The peer has no {family} address.");

    /// <inheritdoc/>
    public int FreePort() => freePort?.Invoke() ?? 0;

    /// <inheritdoc/>
    public bool Refuses => true;

    /// <inheritdoc/>
    public async ValueTask<IPeerListener> ListenAsync(AddressFamily family, CancellationToken cancellationToken)
    {
        var socket = await BindAsync();
        socket.Listen();
        return new SocketPeerListener(socket);
    }

    /// <inheritdoc/>
    public async ValueTask<IPeerConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(remote);
        var socket = await BindAsync();
        try
        {
            await socket.ConnectAsync(remote, cancellationToken);
            return new SocketPeerConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<Socket> BindAsync()
    {
        var socket = create is null ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) : await create(address.AddressFamily);
        socket.NoDelay = true;
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }
}
