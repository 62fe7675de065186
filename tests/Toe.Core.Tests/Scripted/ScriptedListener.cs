using System.Net;

namespace Toe.Core.Tests.Scripted;

/// <summary>A listener of a scripted adapter. The test knocks.</summary>
internal sealed class ScriptedListener(ScriptedAdapter adapter, IPEndPoint local, IAdapterListenerEvents events) : IToeAdapterListener
{
    public IPEndPoint LocalEndPoint => local;

    public bool IsDisposed { get; private set; }

    public IAdapterListenerEvents Events => events;

    /// <summary>How long closing takes after it is seen in <see cref="IsDisposed"/>.</summary>
    public Task Closing { get; set; } = Task.CompletedTask;

    /// <summary>A SYN arrives: asks, and completes the handshake if the stack admits it.</summary>
    /// <returns>The peer, or why the SYN is left to the host.</returns>
    public async Task<(ScriptedPeer? Peer, ToeReason Refusal)> KnockAsync(IPEndPoint remote)
    {
        var (mine, theirs) = ScriptedWire.Pair();
        var accepted = await AcceptAsync(remote, mine);
        return accepted.IsNone ? (new ScriptedPeer(theirs), accepted) : (null, accepted);
    }

    public Task<ToeReason> AcceptAsync(IPEndPoint remote, ScriptedWire wire)
    {
        var done = new TaskCompletionSource<ToeReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        adapter.Thread.Post(() =>
        {
            var incoming = new IncomingConnection(local, remote);
            if (adapter.AsksAtSyn && !events.Admit(incoming, out var refusal))
            {
                done.SetResult(refusal);
                return;
            }

            var socket = adapter.NewSocket(local, remote, NoEvents.Instance);
            socket.Attach(wire);
            events.OnAccepted(socket, incoming, out var socketEvents);
            socket.Events = socketEvents;
            done.SetResult(ToeReason.None);
        });
        return done.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    public void Stop(ToeReason reason) => adapter.Thread.Post(() => events.OnStopped(reason));

    public async ValueTask DisposeAsync()
    {
        IsDisposed = true;
        adapter.Forget(this);
        await Closing;
    }
}
