using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Toe.Adapters;
using Toe.Connecting;
using Toe.Connections;
using Toe.Diagnostics;
using Toe.Firmware;
using Toe.Gates;
using Toe.Hosting;
using Toe.Listening;
using Toe.Moving;
using Toe.Placing;
using Toe.Policy;
using Toe.Telemetry;

namespace Toe;

/// <summary>The stack: policy, gates, adapters, and the host stack behind them. Made by <see cref="Create"/> or by <see cref="ToeServiceCollectionExtensions.AddToe(IServiceCollection, Action{IToeBuilder}?)"/>.</summary>
public sealed class ToeStack : IToeStack
{
    private readonly StackContext _context;
    private readonly AdapterSupervisor _supervisor;
    private readonly Connector _connector;
    private readonly PlacementSweep _sweep;
    private readonly ToeMetrics _metrics;
    private readonly StackServices _services;
    private readonly List<StackListener> _listeners = [];
    private readonly Lock _lock = new();
    private readonly IDisposable? _optionsChanged;
    private readonly CancellationTokenSource _stopping = new(); // Opens under way end with it. Without timer or wait handle, and so never disposed.
    private ServiceProvider? _ownServices;
    private Task? _closing;
    private volatile bool _draining; // Nothing more is opened.
    private volatile bool _disposed;

    internal ToeStack(StackServices services, IEnumerable<IToeProvider> providers, IHostRoutes routes, HostRulesMonitor rules, IConnectionTracking tracking)
    {
        _services = services;
        _metrics = new ToeMetrics(services.MeterFactory);
        var logger = services.Logging.CreateLogger("Toe");
        var stopping = new CancellationTokenSource(); // Owned by the supervisor.
        var supervision = new SupervisionContext(services.Options, services.Judge, services.Time, _metrics, logger, stopping.Token);
        _supervisor = new AdapterSupervisor([.. providers], services.Logging, supervision, stopping);
        var advisor = new Advisor(() => services.Options.CurrentValue, services.Time);
        var gates = GateKeeper.Standard(() => services.Options.CurrentValue, rules, advisor);
        var mover = new Mover(services.Options, services.Policy, _supervisor, supervision, routes, gates, tracking, _metrics, services.Time);
        _context = new StackContext(
            services.Options, services.Policy, _supervisor, supervision, routes, rules, gates, advisor, mover, _metrics, logger, services.Time, _stopping.Token);
        _connector = new Connector(_context);
        _sweep = new PlacementSweep(_context);
        _metrics.Observe(_context.Fallbacks, new AdapterInstruments(_supervisor, () => services.Options.CurrentValue));
        _context.Connections.CameToAdapter += _sweep.Check;
        services.Policy.Changed += _sweep.PolicyChanged;
        _supervisor.Discovered += ReportUnknownAdapters;
        services.Policy.Changed += ReportUnknownAdapters;
        services.Catalogue.Changed += _supervisor.RejudgeAll;
        services.Reports.Changed += _supervisor.RejudgeAll;
        _optionsChanged = services.Options.OnChange((_, _) => _supervisor.RejudgeAll());
        if (services.Options.CurrentValue.Diagnostics.Endpoint)
            DiagnosticEndpoint.Register(this, logger);
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<IToeAdapter> Adapters => [.. _supervisor.Adapters.Select(adapter => adapter.Adapter)];

    /// <inheritdoc/>
    public IReadOnlyCollection<ToeConnection> Connections => _context.Connections.Connections;

    /// <summary>Devices that providers saw and did not take, and providers that could not look, each with its reason.</summary>
    public IReadOnlyCollection<NotTaken> NotTaken => [.. _supervisor.NotTaken];

    /// <summary>The adapters as the stack sees them.</summary>
    internal AdapterSupervisor Supervisor => _supervisor;

    /// <summary>Looks at the connections' placement.</summary>
    internal PlacementSweep Sweep => _sweep;

    /// <summary>What was measured.</summary>
    internal Advisor Advisor => _context.Advisor;

    internal ILogger Logger => _context.Logger;

    /// <summary>The share of the window's opens that wanted an adapter and came to the host stack; 0 to 1, and 0 while there are too few to tell.</summary>
    internal double FallbackShare => _context.Fallbacks.Share;

    /// <summary>Why host placements are not certain; <see cref="ToeReason.None"/> while they are.</summary>
    internal ToeReason Uncontrolled => HostSockets.Uncontrollable(_supervisor.Adapters);

    /// <summary>Makes a stack without dependency injection.</summary>
    /// <param name="configure">Registers providers, options and services.</param>
    /// <returns>A stack that discovers its adapters in the background; the first open waits for them, and <see cref="StartAsync"/> does.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The configuration is wrong; the message names the key.</exception>
    public static ToeStack Create(Action<IToeBuilder>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddToe(configure);
        var provider = services.BuildServiceProvider();
        try
        {
            var stack = provider.GetRequiredService<ToeStack>();
            stack._ownServices = provider;
            return stack;
        }
        catch
        {
            provider.Dispose();
            throw;
        }
    }

    /// <summary>Waits until every provider has been asked once for its adapters.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask StartAsync(CancellationToken cancellationToken = default)
    {
        await _supervisor.Ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _context.Rules.ReadyAsync(_supervisor.Adapters, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets what runs finish, as a host does before it disposes the stack: nothing more is opened, listeners close, and so does each connection that has moved no byte for
    /// <see cref="ToeOptions.ShutdownQuietTime"/>; its pending calls fail with <see cref="ToeConnectionLostException"/> and <c>Internal.StackDisposed</c>.</summary>
    /// <param name="cancellationToken">Ends the wait: the connections left are closed in the same way, and not waited for.</param>
    public async ValueTask DrainAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
            _draining = true;
        await CloseListenersAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await new StackDrain(_context).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ToeConnection> ConnectAsync(ToeConnectRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ObjectDisposedException.ThrowIf(_disposed || _draining, this);
        var connection = await _connector.ConnectAsync(request, cancellationToken).ConfigureAwait(false);
        if (!_disposed && !_draining)
            return connection;
        connection.Abort(); // Whoever closes all may have looked at the connections before this one was among them.
        throw new ObjectDisposedException(nameof(ToeStack));
    }

    /// <inheritdoc/>
    public async ValueTask<ToeListener> ListenAsync(ToeListenRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ObjectDisposedException.ThrowIf(_disposed || _draining, this);
        var listener = await StackListener.StartAsync(_context, request, cancellationToken).ConfigureAwait(false);
        listener.Closed += Forget;
        lock (_lock)
        {
            if (!_disposed && !_draining)
            {
                _listeners.Add(listener);
                return listener;
            }
        }

        await listener.DisposeAsync().ConfigureAwait(false);
        throw new ObjectDisposedException(nameof(ToeStack));
    }

    /// <inheritdoc/>
    public async ValueTask<ToeConnection> AdoptAsync(Socket established, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(established);
        ToeConnection connection;
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            cancellationToken.ThrowIfCancellationRequested();
            if (established is not { SocketType: SocketType.Stream, ProtocolType: ProtocolType.Tcp, Connected: true, RemoteEndPoint: IPEndPoint remote })
                throw new ArgumentException("The socket is not a connected TCP stream socket.", nameof(established));
            // An adapter that nobody knows yet may have the socket already: nothing is claimed before all are known.
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
            await _supervisor.Ready.WaitAsync(stopping.Token).ConfigureAwait(false);
            connection = Adopt(established, (IPEndPoint)established.LocalEndPoint!, remote);
        }
        catch (OperationCanceledException exception)
        {
            established.Dispose();
            throw exception.ToCaller(cancellationToken);
        }
        catch
        {
            established.Dispose();
            throw;
        }

        if (!_disposed && !_draining)
            return connection;
        connection.Abort(); // Whoever closes all may have looked at the connections before this one was among them.
        throw new ObjectDisposedException(nameof(ToeStack));
    }

    /// <inheritdoc/>
    public DecisionTrace Explain(ToeConnectRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Remote is IPEndPoint remote
            ? _connector.Explain(request, remote)
            : throw new ArgumentException("Explain needs an IP endpoint: resolving a name would be I/O.", nameof(request));
    }

    /// <inheritdoc/>
    public DecisionTrace Explain(ToeListenRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return StackListener.Explain(_context, request);
    }

    /// <summary>The judgement of an adapter's firmware now in force; null when the stack does not have the adapter.</summary>
    /// <param name="adapterId">The adapter's id.</param>
    public FirmwareAssessment? GetFirmwareAssessment(string adapterId) => _supervisor.Find(adapterId)?.View.Assessment;

    /// <summary>Why an adapter is set aside, by an open circuit or by the operator; <see cref="ToeReason.None"/> when it is not, or the stack does not have it.</summary>
    /// <param name="adapterId">The adapter's id.</param>
    public ToeReason GetCircuitReason(string adapterId) => _supervisor.Find(adapterId)?.SetAside ?? ToeReason.None;

    /// <summary>Reads every adapter's card now instead of at the next turn of the timer.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken = default)
    {
        await _supervisor.Ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _supervisor.RefreshAllAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task closing;
        ServiceProvider? own;
        lock (_lock)
        {
            _disposed = true;
            closing = _closing ??= Task.Run(CloseAsync);
            (own, _ownServices) = (_ownServices, null);
        }

        await closing.ConfigureAwait(false);
        if (own is not null)
            await own.DisposeAsync().ConfigureAwait(false); // Disposes the stack again, which is closed by now.
    }

    private StackConnection Adopt(Socket established, IPEndPoint local, IPEndPoint remote)
    {
        var decision = new Decision(_context.Policy.Decide(PolicyDirection.Connect, local, remote, requested: null));
        foreach (var adapter in _supervisor.Adapters)
            decision.NotAsked(adapter);
        var uncontrolled = HostSockets.Uncontrolled(_supervisor.Adapters);
        if (decision.Policy.IsConflict || decision.Policy.Mode == ToeMode.Require)
            throw new ToeOffloadRequiredException(_context.Traces.Share(decision.Nowhere()));
        if (decision.Policy.Mode == ToeMode.Forbid && !uncontrolled.IsNone)
            throw new ToeOffloadRequiredException(_context.Traces.Share(decision.Nowhere(uncontrolled)));
        var trace = _context.Traces.Share(decision.OnHost(
            uncontrolled.IsNone ? ToeReasons.OperatorMoved.With("the application brought an established socket") : uncontrolled));
        var confidence = uncontrolled.IsNone ? OffloadConfidence.NotOffloaded : OffloadConfidence.Unknown;
        var placement = new Placement(null, null, confidence, trace.Reason, _context.Time.GetUtcNow());
        return new StackConnection(_context.Connections, new HostCarrier(established), placement, trace, []);
    }

    private async Task CloseAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await DiagnosticEndpoint.UnregisterAsync(this).ConfigureAwait(false);
        _services.Catalogue.Changed -= _supervisor.RejudgeAll;
        _services.Reports.Changed -= _supervisor.RejudgeAll;
        _services.Policy.Changed -= ReportUnknownAdapters;
        _services.Policy.Changed -= _sweep.PolicyChanged;
        _optionsChanged?.Dispose();
        await _sweep.DisposeAsync().ConfigureAwait(false);
        await CloseListenersAsync().ConfigureAwait(false);
        await Task.WhenAll(_context.Connections.All.Select(connection => connection.CloseAsync(ToeReasons.InternalStackDisposed).AsTask())).ConfigureAwait(false);
        await _supervisor.DisposeAsync().ConfigureAwait(false);
        await _context.Rules.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }

    private Task CloseListenersAsync()
    {
        ImmutableArray<StackListener> listeners;
        lock (_lock)
            listeners = [.. _listeners];
        return Task.WhenAll(listeners.Select(listener => listener.DisposeAsync().AsTask()));
    }

    private void Forget(StackListener listener)
    {
        lock (_lock)
            _listeners.Remove(listener);
    }

    private void ReportUnknownAdapters()
    {
        foreach (var name in _context.Policy.UnknownAdapters(_supervisor.Adapters.Select(adapter => adapter.Identity)))
            StackLog.UnknownAdapter(_context.Logger, name);
    }
}
