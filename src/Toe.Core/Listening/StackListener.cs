using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Toe.Adapters;
using Toe.Connecting;
using Toe.Connections;
using Toe.Gates;
using Toe.Hosting;
using Toe.Policy;
using Toe.Telemetry;

namespace Toe.Listening;

/// <summary>A listener on the host stack and on every adapter that took it. Adapters come and go below it; the host's listener stays.</summary>
internal sealed class StackListener : ToeListener
{
    private readonly StackContext _context;
    private readonly ToeListenRequest _request;
    private readonly HostListener? _host;
    private readonly Channel<StackConnection> _accepted;
    private readonly SemaphoreSlim _reconciling = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly RecentRefusals _refusals = new();
    private readonly ListenPauses _pauses;
    private ImmutableDictionary<SupervisedAdapter, AdapterListening> _adapters = ImmutableDictionary<SupervisedAdapter, AdapterListening>.Empty;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DecisionTrace _trace;
    private volatile IPEndPoint _localEndPoint;
    private int _reconcileWanted;
    private int _disposed;

    private StackListener(StackContext context, ToeListenRequest request, PolicyDecision policy, HostListener? host)
    {
        _context = context;
        _request = request;
        _host = host;
        _pauses = new ListenPauses(context.Time);
        _localEndPoint = host?.LocalEndPoint ?? request.Local;
        _accepted = Channel.CreateBounded<StackConnection>(new BoundedChannelOptions(Math.Max(1, request.Backlog)));
        _trace = new Decision(policy).OnHost();
    }

    /// <summary>Raised once, when the listener is closed.</summary>
    public event Action<StackListener>? Closed;

    public override IPEndPoint LocalEndPoint => _localEndPoint;

    public override DecisionTrace Trace => Volatile.Read(ref _trace);

    /// <summary>Binds and listens.</summary>
    public static async Task<StackListener> StartAsync(StackContext context, ToeListenRequest request, CancellationToken cancellationToken)
    {
        request.Options.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(request.Backlog, nameof(request));
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, context.Stopping);
        try
        {
            return await BindAsync(context, request, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (linked.IsCancellationRequested)
        {
            throw exception.ToCaller(cancellationToken);
        }
    }

    private static async Task<StackListener> BindAsync(StackContext context, ToeListenRequest request, CancellationToken cancellationToken)
    {
        await context.Supervisor.Ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        await context.Rules.ReadyAsync(context.Supervisor.Adapters, cancellationToken).ConfigureAwait(false);
        var policy = context.Policy.Decide(PolicyDirection.Listen, request.Local, remote: null, request.Mode);
        if (policy.IsConflict)
            throw new ToeOffloadRequiredException(context.Traces.Share(new Decision(policy).Nowhere()));
        var host = BelongsToAdapter(context, request.Local) ? null : HostListener.Bind(context, request, policy);
        var listener = new StackListener(context, request, policy, host);
        try
        {
            context.Supervisor.Changed += listener.ReconcileSoon; // Before the first look: what changes meanwhile asks for another.
            context.Policy.Changed += listener.ReconcileSoon;
            context.Rules.Changed += listener.ReconcileSoon;
            await listener.ReconcileAsync(cancellationToken).ConfigureAwait(false);
            if (listener._adapters.IsEmpty && (host is null || policy.Mode == ToeMode.Require))
                throw new ToeOffloadRequiredException(listener.Trace with { Failed = true });
            return listener;
        }
        catch
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The same policy and gates, without binding anything.</summary>
    public static DecisionTrace Explain(StackContext context, ToeListenRequest request)
    {
        var decision = new Decision(context.Policy.Decide(PolicyDirection.Listen, request.Local, remote: null, request.Mode, counted: false));
        if (decision.Policy.IsConflict)
            return context.Traces.Share(decision.Nowhere());
        SupervisedAdapter? first = null;
        foreach (var adapter in context.Supervisor.Adapters)
        {
            if (Ask(context, decision, adapter, request.Local, dryRun: true) is not { } gates)
                continue;
            decision.Eligible(adapter, gates);
            first ??= adapter;
        }

        return context.Traces.Share(
            first is not null ? decision.OnAdapter(first) : decision.WithoutAdapter(HostSockets.Uncontrollable(context.Supervisor.Adapters)));
    }

    public override async ValueTask<ToeConnection> AcceptAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        try
        {
            return await _accepted.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException exception)
        {
            throw new ObjectDisposedException("The listener was disposed.", exception);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            await _closed.Task.ConfigureAwait(false);
            return;
        }

        try
        {
            await CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            _closed.TrySetResult();
            Closed?.Invoke(this);
        }
    }

    private async Task CloseAsync()
    {
        _context.Supervisor.Changed -= ReconcileSoon;
        _context.Policy.Changed -= ReconcileSoon;
        _context.Rules.Changed -= ReconcileSoon;
        await _closing.CancelAsync().ConfigureAwait(false);
        if (_host is not null)
            await _host.DisposeAsync().ConfigureAwait(false);
        await _reconciling.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var listening in _adapters.Values)
            await listening.DisposeAsync().ConfigureAwait(false);
        _accepted.Writer.TryComplete();
        while (_accepted.Reader.TryRead(out var connection))
            connection.Abort();
        _adapters = ImmutableDictionary<SupervisedAdapter, AdapterListening>.Empty;
        _reconciling.Release();
    }

    /// <summary>Asked by an adapter at the SYN, on its thread, from cached state only.</summary>
    public bool Admit(SupervisedAdapter adapter, AdapterListening listening, in IncomingConnection syn, out ToeReason refusal)
    {
        refusal = Judge(adapter, listening, syn);
        if (refusal.IsNone)
            return true;
        _refusals.Add(syn.Remote, refusal);
        return false;
    }

    /// <summary>An adapter's handshake is complete.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="life">Its life when it announced the connection.</param>
    /// <param name="listening">The adapter's listener.</param>
    /// <param name="socket">The connection. Taken over, unless this throws.</param>
    /// <param name="peer">Who connected.</param>
    /// <param name="events">The receiver of its events.</param>
    public void Accept(
        SupervisedAdapter adapter, AdapterLife life, AdapterListening listening, IToeAdapterSocket socket, in IncomingConnection peer, CarrierEvents events)
    {
        // Adapters that cannot ask at the SYN are judged here, where only a forbidden peer is turned away: the connection is established already.
        if (!adapter.View.Status.Capabilities.Has(AdapterFeatures.AdmitsAtSyn) && CheckPolicy(adapter, AsAsked(adapter, listening, peer), out _) is { IsNone: false } refusal)
        {
            StackLog.AcceptRefused(_context.Logger, adapter.Identity.Id, peer.Remote, refusal);
            _context.Metrics.AcceptRefused(adapter.Identity.Provider, refusal.Name);
            adapter.Discard(socket);
            return;
        }

        var carrier = Carrier.On(adapter, life, socket, events, _context.Supervision);
        var placement = new Placement(
            adapter.Identity.Id, adapter.View.Status.Capabilities.Model, carrier.GetInfo().Confidence, ToeReason.None, _context.Time.GetUtcNow());
        _context.Fallbacks.Offloaded();
        var connection = new StackConnection(_context.Connections, carrier, placement, listening.Trace, listening.Downgrades)
        {
            Direction = PolicyDirection.Listen,
            Requested = _request.Mode,
        };
        _context.Connections.Arrived(connection);
        Deliver(connection);
    }

    /// <summary>The adapter's listener ended by itself.</summary>
    public void Stopped(SupervisedAdapter adapter, ToeReason reason)
    {
        StackLog.ListenerStopped(_context.Logger, adapter.Identity.Id, LocalEndPoint, reason);
        ReconcileSoon();
    }

    private static bool BelongsToAdapter(StackContext context, IPEndPoint local)
    {
        foreach (var adapter in context.Supervisor.Adapters)
        {
            if (adapter.Owns(local.Address))
                return true;
        }

        return false;
    }

    private static GateResult? Ask(StackContext context, Decision decision, SupervisedAdapter adapter, IPEndPoint local, bool dryRun)
    {
        if (decision.Policy.Mode == ToeMode.Forbid)
        {
            decision.NotAsked(adapter);
            return null;
        }

        if (decision.Policy.Check(adapter.Identity) is { IsNone: false } notAllowed)
        {
            decision.Refused(adapter, [], notAllowed);
            return null;
        }

        if (RdmaEndpoint.For(adapter.View, local, context.Policy.RdmaPortAt(local)) is not { } target)
        {
            decision.NotNamed(adapter);
            return null;
        }

        var gates = context.Gates.Ask(new GateQuestion(adapter, adapter.View, IsListen: true, target, Remote: null, Route: null, dryRun)
        {
            AllowsBypass = decision.Policy.AllowsBypass ?? context.Options.AllowBypass,
        });
        if (gates.Passed)
            return gates;
        decision.Refused(adapter, gates.Answers, gates.Refusal);
        return null;
    }

    /// <summary>The endpoints that policy speaks of: a connection at the RDMA port is one at the listener's.</summary>
    private static IncomingConnection AsAsked(SupervisedAdapter adapter, AdapterListening listening, in IncomingConnection peer) =>
        RdmaEndpoint.IsRdma(adapter.View) ? peer with { Local = new IPEndPoint(peer.Local.Address, listening.Served.Port) } : peer;

    /// <summary>Whether the policy lets the adapter have the peer.</summary>
    private ToeReason CheckPolicy(SupervisedAdapter adapter, in IncomingConnection peer, out PolicyDecision policy)
    {
        policy = DecideFor(peer);
        if (!policy.Reason.IsNone)
            return policy.Reason;
        if (policy.Check(adapter.Identity) is { IsNone: false } notAllowed)
            return notAllowed;
        return RdmaEndpoint.IsRdma(adapter.View) && policy.RdmaPort != _context.Policy.RdmaPortAt(peer.Local)
            ? ToeReasons.CapabilityModel.With("the peer's rule does not have this RdmaPort")
            : ToeReason.None;
    }

    private PolicyDecision DecideFor(in IncomingConnection peer, bool counted = true) =>
        _context.Policy.Decide(PolicyDirection.Listen, peer.Local, peer.Remote, _request.Mode, counted);

    private ToeReason Judge(SupervisedAdapter adapter, AdapterListening listening, in IncomingConnection syn)
    {
        if (_closing.IsCancellationRequested)
            return ToeReasons.InternalStackDisposed;
        if (CheckPolicy(adapter, AsAsked(adapter, listening, syn), out var policy) is { IsNone: false } notAllowed)
            return notAllowed;
        var gates = _context.Gates.Ask(new GateQuestion(adapter, adapter.View, IsListen: true, syn.Local, syn.Remote, Route: null, IsDryRun: false)
        {
            IsInsisted = policy.Mode == ToeMode.Require,
            AllowsBypass = policy.AllowsBypass ?? _context.Options.AllowBypass,
        });
        gates.Lease?.Settle(); // The adapter takes its entries when it is told yes.
        return gates.Refusal;
    }

    private void Deliver(StackConnection connection)
    {
        var provider = connection.Carrier.Adapter?.Provider;
        if (_accepted.Writer.TryWrite(connection))
        {
            _context.Metrics.Accepted(provider);
            return;
        }

        connection.Abort(); // Backlog full, or closing: as a full accept queue of the kernel with tcp_abort_on_overflow.
        _context.Metrics.AcceptRefused(provider, "Backlog");
    }

    private async Task AcceptFromHost(Socket socket, List<ToeReason> downgrades)
    {
        StackConnection connection;
        try
        {
            var remote = (IPEndPoint)socket.RemoteEndPoint!;
            var refusal = _refusals.Take(remote);
            var policy = DecideFor(new IncomingConnection((IPEndPoint)socket.LocalEndPoint!, remote), counted: refusal.IsNone);
            if (MayNotRunOnHost(policy) is { IsNone: false } obstacle)
            {
                StackLog.AcceptRefused(_context.Logger, "host", remote, obstacle);
                _context.Metrics.AcceptRefused(provider: null, obstacle.Name);
                socket.Close(timeout: 0);
                return;
            }

            var reason = !policy.Reason.IsNone ? policy.Reason
                : !refusal.IsNone ? refusal
                : !_host!.Uncontrolled.IsNone ? _host.Uncontrolled
                : !Volatile.Read(ref _adapters).IsEmpty ? NotTakenByAdapter(policy) : Trace.Reason;
            var trace = _context.Traces.Share(Trace with { Mode = policy.Mode, ModeSource = policy.ModeSource, AdapterId = null, Reason = reason });
            if (!reason.Is(ToeReasons.RouteNotThroughAdapter) && !reason.Is(ToeReasons.CapabilityModel) && trace.Mode != ToeMode.Forbid && !trace.Candidates.IsEmpty)
            {
                if (!WorthGate.IsChoice(reason))
                    _context.Fallbacks.FellBack(remote, reason);
                _context.Metrics.Fallback(reason);
            }

            var confidence = _host!.Uncontrolled.IsNone ? OffloadConfidence.NotOffloaded : OffloadConfidence.Unknown;
            var placement = new Placement(null, null, confidence, reason, _context.Time.GetUtcNow());
            connection = new StackConnection(_context.Connections, new HostCarrier(socket), placement, trace, downgrades)
            {
                Direction = PolicyDirection.Listen,
                Requested = _request.Mode,
            };
        }
        catch (SocketException)
        {
            socket.Dispose(); // The peer was gone before its address could be read.
            return;
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        try
        {
            await _accepted.Writer.WriteAsync(connection, _closing.Token).ConfigureAwait(false);
            _context.Metrics.Accepted(provider: null);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            connection.Abort();
        }
    }

    /// <summary>Why a peer came to the host although adapters listen.</summary>
    private ToeReason NotTakenByAdapter(PolicyDecision policy)
    {
        if (_adapters.Keys.Any(adapter => !RdmaEndpoint.IsRdma(adapter.View)))
            return ToeReasons.RouteNotThroughAdapter;
        return policy.RdmaPort is null ? ToeReasons.CapabilityModel.With("no rule has an RdmaPort for this peer") : ToeReasons.PeerNoRdma.With("it came by plain TCP");
    }

    /// <summary>The policy may have changed since the socket began to listen, and may name this very peer.</summary>
    private ToeReason MayNotRunOnHost(PolicyDecision policy)
    {
        if (policy.IsConflict)
            return policy.Reason;
        if (policy.Mode == ToeMode.Forbid)
            return _host!.Uncontrolled;
        return policy.Mode == ToeMode.Require ? ToeReasons.RouteNotThroughAdapter.With("the policy requires an adapter") : ToeReason.None;
    }

    /// <summary>Several wishes in a row are one: a storm of events costs one look more than is under way.</summary>
    private void ReconcileSoon()
    {
        if (Interlocked.Exchange(ref _reconcileWanted, 1) == 0)
            _ = Task.Run(ReconcileQuietlyAsync);
    }

    private async Task ReconcileQuietlyAsync()
    {
        try
        {
            await ReconcileAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException && _closing.IsCancellationRequested)
        {
            // The listener closes.
        }
        catch (SocketException exception)
        {
            StackLog.AcceptFailed(_context.Logger, LocalEndPoint, exception);
        }
    }

    /// <summary>Lets go of adapters that are lost or set aside by the operator, and asks those that do not listen yet.</summary>
    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        await _reconciling.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Volatile.Write(ref _reconcileWanted, 0); // Before the look: what changes from here on is looked at again.
            cancellationToken.ThrowIfCancellationRequested();
            var policy = _context.Policy.Decide(PolicyDirection.Listen, LocalEndPoint, remote: null, _request.Mode, counted: false);
            var decision = new Decision(policy);
            SupervisedAdapter? first = null;
            var current = _context.Supervisor.Adapters;
            List<SupervisedAdapter> ended = [.. _adapters.Keys.Where(adapter => !current.Contains(adapter))];
            foreach (var adapter in current)
            {
                var mayStay = MayStay(adapter);
                if (Ask(_context, decision, adapter, LocalEndPoint, dryRun: false) is not { } gates)
                {
                    if (!mayStay)
                        ended.Add(adapter); // Else it stays: each SYN is judged by itself.
                    continue;
                }

                if ((mayStay && _adapters.ContainsKey(adapter)) || await ListenOnAsync(adapter, decision, gates, cancellationToken).ConfigureAwait(false))
                {
                    decision.Taken(adapter, gates);
                    first ??= adapter;
                }
                else
                {
                    ended.Add(adapter);
                }
            }

            await PublishAsync(decision, first, ended).ConfigureAwait(false);
            if (policy.Mode != ToeMode.Require)
                _host?.Start(AcceptFromHost, _closing.Token);
        }
        finally
        {
            _reconciling.Release();
        }
    }

    /// <summary>Whether the adapter's listener, if it has one, may go on. Begins the pause of one that ended by itself.</summary>
    private bool MayStay(SupervisedAdapter adapter)
    {
        var isGone = SupervisedAdapter.IsGone(adapter.View.Status.Health);
        if (isGone)
            _pauses.End(adapter);
        if (_adapters.GetValueOrDefault(adapter) is not { } held)
            return true;
        if (!isGone && held.HasStopped && _pauses.Begin(adapter, held.StartedAt, _context.Options.ProbeInterval) is var pause && pause > TimeSpan.Zero)
            _ = ReconcileLaterAsync(pause);
        return !isGone && !held.HasStopped && !adapter.IsIsolated
            && held.Serves(RdmaEndpoint.For(adapter.View, LocalEndPoint, _context.Policy.RdmaPortAt(LocalEndPoint)));
    }

    /// <summary>Listens on an adapter that passed its gates, in the place of what it had.</summary>
    private async Task<bool> ListenOnAsync(SupervisedAdapter adapter, Decision decision, GateResult gates, CancellationToken cancellationToken)
    {
        if (_pauses.IsPaused(adapter))
        {
            decision.Refused(adapter, gates.Answers, ToeReasons.HealthFailed.With("its listener stopped by itself"));
            return false;
        }

        if (_adapters.GetValueOrDefault(adapter) is { } before)
            await before.DisposeAsync().ConfigureAwait(false);
        var target = RdmaEndpoint.For(adapter.View, LocalEndPoint, _context.Policy.RdmaPortAt(LocalEndPoint)) ?? LocalEndPoint;
        var (listening, refusal) = await AdapterListening.StartAsync(_context, this, adapter, _request, target, cancellationToken).ConfigureAwait(false);
        if (listening is null)
        {
            decision.Refused(adapter, gates.Answers, refusal);
            return false;
        }

        Volatile.Write(ref _adapters, _adapters.SetItem(adapter, listening)); // At once: a cancellation at the next adapter must find it.
        if (_localEndPoint.Port == 0)
            _localEndPoint = listening.LocalEndPoint; // No host listener chose the port: the first adapter did.
        return true;
    }

    private async Task ReconcileLaterAsync(TimeSpan wait)
    {
        await Task.Delay(wait, _context.Time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_closing.IsCancellationRequested)
            ReconcileSoon();
    }

    /// <summary>Says what was decided, and only then lets go: a peer that comes to the host meanwhile is told why.</summary>
    private async Task PublishAsync(Decision decision, SupervisedAdapter? first, List<SupervisedAdapter> ended)
    {
        var trace = _context.Traces.Share(first is null ? decision.OnHost() : decision.OnAdapter(first));
        Volatile.Write(ref _trace, trace);
        var before = _adapters;
        Volatile.Write(ref _adapters, before.RemoveRange(ended));
        foreach (var (adapter, held) in _adapters)
            held.Trace = _context.Traces.Share(trace with { AdapterId = adapter.Identity.Id, Reason = ToeReason.None });
        foreach (var adapter in ended)
        {
            if (!_context.Supervisor.Adapters.Contains(adapter))
                _pauses.End(adapter);
            if (before.TryGetValue(adapter, out var held))
                await held.DisposeAsync().ConfigureAwait(false);
        }
    }
}
