using System.Net;

namespace Toe.Conformance;

/// <summary>The listener of another adapter.</summary>
internal sealed class AdapterPeerListener(IToeAdapterListener listener, ListenerEventLog events, CancellationToken stop) : IPeerListener
{
    public IPEndPoint EndPoint => listener.LocalEndPoint;

    public bool IsPending => events.Waiting > 0;

    public async ValueTask<IPeerConnection> AcceptAsync(CancellationToken cancellationToken)
    {
        var (socket, _, log) = await events.AcceptAsync();
        return new AdapterPeerConnection(new TestedSocket(socket, log, [], stop));
    }

    public ValueTask DisposeAsync() => listener.DisposeAsync();
}
