using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>The sockets of another machine as the peer, lent by a <see cref="RemotePeerServer"/> that runs there: for cards on a cable, and for adapters that share the host's addresses.</summary>
public sealed class RemotePeer : IConformancePeer
{
    private readonly RemotePeerClient _client;
    private readonly IReadOnlyList<IPAddress> _adapterAddresses;

    private RemotePeer(RemotePeerClient client, IReadOnlyList<IPAddress> adapterAddresses)
    {
        _client = client;
        _adapterAddresses = adapterAddresses;
    }

    /// <inheritdoc/>
    public bool Refuses => true;

    /// <summary>Connects to the other machine.</summary>
    /// <param name="control">The server's endpoint.</param>
    /// <param name="adapterAddresses">The addresses of the adapter that is tried, at most one of a family.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ConformancePeerException">It cannot be reached.</exception>
    public static async Task<RemotePeer> ConnectAsync(IPEndPoint control, IReadOnlyList<IPAddress> adapterAddresses, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(control);
        var socket = new Socket(control.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(control, cancellationToken);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            if (exception is SocketException)
                throw new ConformancePeerException($"The peer's machine at {control} cannot be reached: {exception.Message}", exception);
            throw;
        }

        return new RemotePeer(new RemotePeerClient(new RemoteWire(socket)), adapterAddresses);
    }

    /// <inheritdoc/>
    public IPAddress AdapterAddress(AddressFamily family) =>
        _adapterAddresses.FirstOrDefault(address => address.AddressFamily == family) ?? throw new NotSupportedException($"No {family} address of the adapter is known.");

    /// <inheritdoc/>
    public int FreePort() => 0;

    /// <inheritdoc/>
    public async ValueTask<IPeerListener> ListenAsync(AddressFamily family, CancellationToken cancellationToken)
    {
        var answer = await _client.CallAsync(RemoteCall.Listen, RemoteFrame.Write(writer => writer.Write((int)family)), cancellationToken);
        using var reader = answer.Read();
        return new RemotePeerListener(_client, reader.ReadInt32(), IPEndPoint.Parse(reader.ReadString()));
    }

    /// <inheritdoc/>
    public async ValueTask<IPeerConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(remote);
        return RemotePeerConnection.From(_client, await _client.CallAsync(RemoteCall.Connect, RemoteFrame.Write(writer => writer.Write(remote.ToString())), cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
