using System.Net;

namespace Toe.Conformance;

/// <summary>A listener on another machine.</summary>
internal sealed class RemotePeerListener(RemotePeerClient client, int handle, IPEndPoint endPoint) : IPeerListener
{
    private readonly byte[] _handle = RemoteFrame.Write(writer => writer.Write(handle));

    public IPEndPoint EndPoint => endPoint;

    public bool IsPending
    {
        get
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
            using var reader = client.CallAsync(RemoteCall.IsPending, _handle, patience.Token).GetAwaiter().GetResult().Read();
            return reader.ReadBoolean();
        }
    }

    public async ValueTask<IPeerConnection> AcceptAsync(CancellationToken cancellationToken) =>
        RemotePeerConnection.From(client, await client.CallAsync(RemoteCall.Accept, _handle, cancellationToken));

    public async ValueTask DisposeAsync() => await client.EndAsync(RemoteCall.Close, _handle);
}
