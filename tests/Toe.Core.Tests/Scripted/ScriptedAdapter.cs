using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Toe.Core.Tests.Scripted;

/// <summary>An adapter in memory whose every answer a test can script. Usually: everything works, every peer accepts, and the test holds the far ends in <see cref="Peers"/>.</summary>
internal class ScriptedAdapter : IToeAdapter
{
    private readonly ConcurrentDictionary<object, bool> _live = new();
    private readonly ConcurrentQueue<ScriptedSocket> _sockets = new();
    private volatile AdapterStatus _status;
    private IAdapterEvents? _events;
    private int _syns;
    private int _nextPort = 40_000;

    public ScriptedAdapter(string id, OffloadModel model = OffloadModel.FullConnection, AddressModel addresses = AddressModel.SharedWithHost)
    {
        Identity = new AdapterIdentity { Id = $"scripted:{id}", Provider = "scripted", Model = "Scripted", Evidence = EvidenceLevel.E0 };
        const AdapterFeatures Features = AdapterFeatures.ActiveOpen | AdapterFeatures.PassiveOpen | AdapterFeatures.IPv4 | AdapterFeatures.IPv6 | AdapterFeatures.AdmitsAtSyn;
        _status = new AdapterStatus(
            AdapterHealth.Healthy, "1.0.0.0", new FirmwareVersion(1),
            new AdapterCapabilities(model, addresses, Facts.Queried(HostBypass.None), Facts.Queried(Features)), []);
        Connect = (socket, _) => ValueTask.FromResult(AcceptedBy(socket));
        Refreshing = new ScriptedCall<AdapterStatus>(_ => ValueTask.FromResult(Counted?.Invoke(Status) ?? Status));
        Opening = new ScriptedCall<OpenResult>(_ => throw new InvalidOperationException("Replaced in OpenAsync."));
        Listening = new ScriptedCall<ListenResult>(_ => throw new InvalidOperationException("Replaced in ListenAsync."));
        Disposing = new ScriptedCall<bool>(_ => ValueTask.FromResult(true));
    }

    public AdapterIdentity Identity { get; }

    public AdapterStatus Status => _status;

    /// <summary>What a reading finds, where it is not simply <see cref="Status"/>.</summary>
    public Func<AdapterStatus, AdapterStatus>? Counted { get; set; }

    public ScriptedThread Thread { get; } = new();

    public ScriptedCall<AdapterStatus> Refreshing { get; }

    public ScriptedCall<OpenResult> Opening { get; private set; }

    public ScriptedCall<ListenResult> Listening { get; private set; }

    public ScriptedCall<bool> Disposing { get; }

    /// <summary>Answers <see cref="IToeAdapterSocket.ConnectAsync"/>.</summary>
    public Func<ScriptedSocket, CancellationToken, ValueTask<ConnectResult>> Connect { get; set; }

    public Func<IPAddress?, IPEndPoint, ToeReason> Reach { get; set; } = static (_, _) => ToeReason.None;

    /// <summary>Asked after <see cref="Reach"/>, with the host's route.</summary>
    public Func<IPEndPoint, HostRoute?, ToeReason>? ReachByRoute { get; set; }

    public Func<IPAddress, ToeReason> Serve { get; set; } = static _ => ToeReason.None;

    public IReadOnlyList<ToeReason>? Downgrades { get; set; }

    /// <summary>How an open is scripted, if not as usual.</summary>
    public Action<ScriptedCall<OpenResult>>? OpenScript { get; set; }

    public Action<ScriptedCall<ListenResult>>? ListenScript { get; set; }

    /// <summary>Runs between the listener's beginning and the return of the call that asked for it.</summary>
    public Func<ScriptedListener, Task>? ListenReturns { get; set; }

    /// <summary>The address given to sockets that ask for none.</summary>
    public IPAddress Address { get; set; } = IPAddress.Loopback;

    public bool AsksAtSyn => Status.Capabilities.Has(AdapterFeatures.AdmitsAtSyn);

    /// <summary>The far ends of connections, in the order they were made.</summary>
    public BlockingCollection<ScriptedPeer> Peers { get; } = [];

    /// <summary>Every socket ever made.</summary>
    public IReadOnlyCollection<ScriptedSocket> Sockets => _sockets;

    public ConcurrentQueue<ScriptedListener> Listeners { get; } = new();

    public int Opens { get; private set; }

    public int Syns => Volatile.Read(ref _syns);

    public bool IsDisposed { get; private set; }

    /// <summary>Sockets and listeners that nobody has disposed.</summary>
    public IReadOnlyCollection<object> Live => [.. _live.Keys];

    /// <summary>Changes what the next reading says, without announcing it.</summary>
    public void Change(Func<AdapterStatus, AdapterStatus> change) => _status = change(_status);

    /// <summary>Changes it and announces it on the adapter's thread.</summary>
    public void Announce(Func<AdapterStatus, AdapterStatus> change)
    {
        Change(change);
        var status = _status;
        Thread.Post(() => _events?.StatusChanged(status));
    }

    public void Announce(AdapterHealth health, ToeReason reason = default) => Announce(status => status with { Health = health, Reason = reason });

    /// <summary>Announces whatever it is given.</summary>
    public void AnnounceRaw(AdapterStatus? status) => Thread.Post(() => _events?.StatusChanged(status!));

    public ValueTask<AdapterStatus> RefreshAsync(CancellationToken cancellationToken) => Refreshing.RunAsync(cancellationToken);

    public ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host) =>
        Reach(local, remote) is { IsNone: false } refusal ? refusal : ReachByRoute?.Invoke(remote, host) ?? ToeReason.None;

    public ToeReason Serves(IPAddress local) => Serve(local);

    public void Subscribe(IAdapterEvents events) => _events = events;

    public ValueTask<OpenResult> OpenAsync(OpenRequest request, IAdapterSocketEvents events, CancellationToken cancellationToken)
    {
        Opening = new ScriptedCall<OpenResult>(_ => ValueTask.FromResult(OpenResult.Opened(
            NewSocket(request.Local is { Port: > 0 } asked ? asked : new IPEndPoint(request.Local?.Address ?? Address, Interlocked.Increment(ref _nextPort)), request.Remote, events),
            Downgrades)));
        OpenScript?.Invoke(Opening);
        Opens++; // Seen only when its script is in force.
        return Opening.RunAsync(cancellationToken);
    }

    public ValueTask<ListenResult> ListenAsync(AdapterListenRequest request, IAdapterListenerEvents events, CancellationToken cancellationToken)
    {
        Listening = new ScriptedCall<ListenResult>(async _ =>
        {
            var local = request.Local.Port > 0 ? request.Local : new IPEndPoint(request.Local.Address, Interlocked.Increment(ref _nextPort));
            var listener = new ScriptedListener(this, local, events);
            _live[listener] = true;
            Listeners.Enqueue(listener);
            if (ListenReturns is { } returns)
                await returns(listener);
            return ListenResult.Listening(listener);
        });
        ListenScript?.Invoke(Listening);
        return Listening.RunAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Disposing.RunAsync(CancellationToken.None);
        IsDisposed = true;
        Thread.Dispose();
    }

    public ScriptedSocket NewSocket(IPEndPoint local, IPEndPoint remote, IAdapterSocketEvents events)
    {
        var socket = MakeSocket(local, remote, events);
        _live[socket] = true;
        _sockets.Enqueue(socket);
        return socket;
    }

    /// <summary>The usual peer: accepts, and hands the far end to the test.</summary>
    public ConnectResult AcceptedBy(ScriptedSocket socket)
    {
        var (mine, theirs) = ScriptedWire.Pair();
        socket.Attach(mine);
        Peers.Add(new ScriptedPeer(theirs));
        return ConnectResult.Connected;
    }

    public void Answers(SocketError error) => Connect = (_, _) => ValueTask.FromResult(ConnectResult.Answered(error));

    public void CountSyn() => Interlocked.Increment(ref _syns);

    public void Forget(object owned) => _live.TryRemove(owned, out _);

    protected virtual ScriptedSocket MakeSocket(IPEndPoint local, IPEndPoint remote, IAdapterSocketEvents events) => new(this, local, remote, events);
}
