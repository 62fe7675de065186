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
            using var reader = client.CallAsync(RemoteCall.IsPending, _handle, CancellationToken.None).GetAwaiter().GetResult().Read();
            return reader.ReadBoolean();
        }
    }

    public async ValueTask<IPeerConnection> AcceptAsync(CancellationToken cancellationToken) =>
        RemotePeerConnection.From(client, await client.CallAsync(RemoteCall.Accept, _handle, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        try
        {
            await client.CallAsync(RemoteCall.Close, _handle, CancellationToken.None);
        }
        catch (IOException)
        {
            // Gone with the connection to the machine.
        }
    }
}
