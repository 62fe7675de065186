using System.Net;

namespace Toe.Conformance;

/// <summary>The adapter's listener under the kit's hand.</summary>
internal sealed class TestedListener(IToeAdapterListener listener, ListenerEventLog events, IReadOnlyList<ToeReason> downgrades, Bench bench) : IAsyncDisposable
{
    public IToeAdapterListener Raw => listener;

    public ListenerEventLog Events => events;

    public IReadOnlyList<ToeReason> Downgrades => downgrades;

    public IPEndPoint EndPoint => listener.LocalEndPoint;

    /// <summary>Has the peer connect, and takes the connection on both sides.</summary>
    public async Task<(TestedSocket Ours, IPeerConnection Theirs)> AcceptAsync()
    {
        var peer = await bench.PeerAsync();
        var theirs = bench.Own(await peer.ConnectAsync(EndPoint, bench.Stop));
        return (await TakeAsync(), theirs);
    }

    /// <summary>Takes the next connection.</summary>
    public async Task<TestedSocket> TakeAsync()
    {
        var (socket, _, log) = await events.AcceptAsync();
        return bench.Own(new TestedSocket(socket, log, [], bench.Stop));
    }

    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        while (events.TryAccept(out var left))
            await left.Socket.DisposeAsync();
    }
}
