using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>A connection of another adapter.</summary>
internal sealed class AdapterPeerConnection(TestedSocket socket) : IPeerConnection
{
    public IPEndPoint LocalEndPoint => socket.Raw.LocalEndPoint;

    public IPEndPoint RemoteEndPoint => socket.Raw.RemoteEndPoint;

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var (status, bytes) = await socket.ReceiveAsync(buffer).WaitAsync(cancellationToken);
        return status switch
        {
            IoStatus.Done => bytes,
            IoStatus.EndOfStream => 0,
            IoStatus.Reset => throw new SocketException((int)SocketError.ConnectionReset),
            _ => throw new SocketException((int)SocketError.ConnectionAborted),
        };
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendAsync(buffer).WaitAsync(cancellationToken);
        }
        catch (UnmetException exception)
        {
            throw new SocketException((int)SocketError.ConnectionReset, exception.Message);
        }
    }

    public async ValueTask CompleteSendingAsync(CancellationToken cancellationToken) => await socket.CompleteSendingAsync().WaitAsync(cancellationToken);

    public void Reset() => socket.Raw.Abort();

    public ValueTask DisposeAsync() => socket.DisposeAsync();
}
