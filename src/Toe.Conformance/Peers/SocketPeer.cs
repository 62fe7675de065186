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
    private readonly PeerAddresses _first = new(address, adapterAddress);

    /// <summary>Addresses of the other family. Default none.</summary>
    public PeerAddresses? Second { get; init; }

    /// <inheritdoc/>
    public IPAddress AdapterAddress(AddressFamily family) => PeerAddresses.Of(family, _first, Second).Adapter;

    /// <inheritdoc/>
    public int FreePort() => freePort?.Invoke() ?? 0;

    /// <inheritdoc/>
    public bool Refuses => true;

    /// <inheritdoc/>
    public async ValueTask<IPeerListener> ListenAsync(AddressFamily family, CancellationToken cancellationToken)
    {
        var socket = await BindAsync(family);
        socket.Listen();
        return new SocketPeerListener(socket);
    }

    /// <inheritdoc/>
    public async ValueTask<IPeerConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(remote);
        var socket = await BindAsync(remote.AddressFamily);
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

    private async Task<Socket> BindAsync(AddressFamily family)
    {
        var local = PeerAddresses.Of(family, _first, Second).Peer;
        var socket = create is null ? new Socket(family, SocketType.Stream, ProtocolType.Tcp) : await create(family);
        socket.NoDelay = true;
        socket.Bind(new IPEndPoint(local, 0));
        return socket;
    }
}
