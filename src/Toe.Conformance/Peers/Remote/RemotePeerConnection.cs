using System.Net;

namespace Toe.Conformance;

/// <summary>A connection's end on another machine.</summary>
internal sealed class RemotePeerConnection(RemotePeerClient client, int handle, IPEndPoint local, IPEndPoint remote) : IPeerConnection
{
    private readonly byte[] _handle = RemoteFrame.Write(writer => writer.Write(handle));

    public IPEndPoint LocalEndPoint => local;

    public IPEndPoint RemoteEndPoint => remote;

    /// <summary>What an accept or a connect answered.</summary>
    public static RemotePeerConnection From(RemotePeerClient client, RemoteFrame answer)
    {
        using var reader = answer.Read();
        return new RemotePeerConnection(client, reader.ReadInt32(), IPEndPoint.Parse(reader.ReadString()), IPEndPoint.Parse(reader.ReadString()));
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var request = RemoteFrame.Write(writer =>
        {
            writer.Write(handle);
            writer.Write(buffer.Length);
        });
        var bytes = (await client.CallAsync(RemoteCall.Receive, request, cancellationToken)).Payload;
        bytes.CopyTo(buffer);
        return bytes.Length;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var part = buffer[..Math.Min(buffer.Length, RemoteWire.MostBytes)];
            await client.CallAsync(RemoteCall.Send, [.. _handle, .. part.Span], cancellationToken);
            buffer = buffer[part.Length..];
        }
    }

    public async ValueTask CompleteSendingAsync(CancellationToken cancellationToken) => await client.CallAsync(RemoteCall.CompleteSending, _handle, cancellationToken);

    public void Reset() => client.EndAsync(RemoteCall.Reset, _handle).GetAwaiter().GetResult();

    public async ValueTask DisposeAsync() => await client.EndAsync(RemoteCall.Close, _handle);
}
