using System.Net;
using System.Net.Sockets;
using Toe.Iwarp.Sockets;
using Toe.Linux;

namespace Toe.Iwarp;

/// <summary>An iWARP device as an adapter of the model <see cref="OffloadModel.Rdma"/>: connections end in the device, and both sides speak rsockets. Vendors' packages make theirs of it.</summary>
/// <remarks>The stack asks it only for peers to which policy gives an RDMA port. Its listeners bind that port, on the addresses of the device's interfaces.</remarks>
public sealed class IwarpAdapter : IWatchedAdapter, IReportsNotes
{
    private readonly ILinuxHost _host;
    private readonly IwarpTransport _transport;
    private readonly IwarpAdapterSource _source;
    private readonly IwarpBudgets _budgets = new(RdmaLibrary.ReadQueuePairs);
    private IAdapterEvents? _events;
    private IwarpView _view;

    /// <summary>Reads the device for the first time.</summary>
    /// <param name="host">The machine; the caller disposes it.</param>
    /// <param name="transport">What the provider's adapters share; the caller disposes it.</param>
    /// <param name="source">What the vendor's package knows.</param>
    public IwarpAdapter(ILinuxHost host, IwarpTransport transport, IwarpAdapterSource source)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(source);
        (_host, _transport, _source) = (host, transport, source);
        _view = Read();
    }

    /// <inheritdoc/>
    public AdapterIdentity Identity => _source.Identity;

    /// <inheritdoc/>
    public AdapterStatus Status => View.Status;

    /// <inheritdoc/>
    public IReadOnlyList<AdapterNote> Notes => View.Notes;

    private IwarpView View => Volatile.Read(ref _view);

    /// <inheritdoc/>
    public ValueTask<AdapterStatus> RefreshAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var view = Read();
        Volatile.Write(ref _view, view);
        if (view.IsActive)
            _ = Obstacle(out _); // The engine starts now: the first connection has no time for it.
        return ValueTask.FromResult(view.Status);
    }

    /// <inheritdoc/>
    public void Changed()
    {
        var before = View.Status;
        var view = Read();
        Volatile.Write(ref _view, view);
        if (view.Status.Health != before.Health || view.Status.Rung != before.Rung || view.Status.FirmwareText != before.FirmwareText
            || !view.Status.FirmwareParts.SequenceEqual(before.FirmwareParts))
            Volatile.Read(ref _events)?.StatusChanged(view.Status);
    }

    /// <inheritdoc/>
    public ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host)
    {
        ArgumentNullException.ThrowIfNull(remote);
        var view = View;
        if (!view.IsActive)
            return ToeReason.None; // What is below the top rung says its own reason.
        if (remote.Address.IsIPv4MappedToIPv6)
            return ToeReasons.CapabilityAddressFamily.With("IPv4-mapped IPv6");
        if (view.Addresses.Contains(remote.Address))
            return _source.ReachesItself ? ToeReason.None : ToeReasons.RouteLoopback;
        if (IPAddress.IsLoopback(remote.Address) || host is { IsLocal: true })
            return ToeReasons.RouteLoopback;
        if (host is null)
            return ToeReasons.RouteNone.With($"to {remote.Address}");
        var through = view.Interfaces.FirstOrDefault(one => one.Index == host.InterfaceIndex);
        if (through is null)
            return ToeReasons.RouteNotThroughAdapter.With($"the route leaves through {host.Interface}");
        if (through.HasCarrier == false)
            return ToeReasons.HealthLinkDown.With(through.Name);
        return (local ?? host.Source) is not { } source || IsAny(source) || view.Addresses.Contains(source)
            ? ToeReason.None
            : ToeReasons.RouteLocalAddress.With($"{source} is on none of its interfaces");
    }

    /// <inheritdoc/>
    public ToeReason Serves(IPAddress local)
    {
        ArgumentNullException.ThrowIfNull(local);
        var view = View;
        if (!view.IsActive)
            return ToeReason.None; // What is below the top rung says its own reason.
        if (IPAddress.IsLoopback(local))
            return ToeReasons.RouteLoopback;
        return ListenAddresses(view, local).Any() ? ToeReason.None : ToeReasons.RouteLocalAddress.With($"{local} is on none of its interfaces");
    }

    /// <inheritdoc/>
    public void Subscribe(IAdapterEvents events) => Volatile.Write(ref _events, events);

    /// <inheritdoc/>
    public ValueTask<OpenResult> OpenAsync(OpenRequest request, IAdapterSocketEvents events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(events);
        cancellationToken.ThrowIfCancellationRequested();
        if (Obstacle(out var engine) is { IsNone: false } obstacle)
            return ValueTask.FromResult(OpenResult.Refused(obstacle));
        if (request.Local is { } local && Serves(local.Address) is { IsNone: false } foreign)
            return ValueTask.FromResult(OpenResult.Refused(foreign));
        return ValueTask.FromResult(IwarpSocket.Open(engine!, request, events));
    }

    /// <inheritdoc/>
    public ValueTask<ListenResult> ListenAsync(AdapterListenRequest request, IAdapterListenerEvents events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(events);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Obstacle(out var engine) is { IsNone: false } obstacle ? ListenResult.Refused(obstacle) : Listen(engine!, request, events));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask; // It holds nothing: sockets own themselves, the provider the rest.

    private IwarpView Read() => IwarpView.Read(_host, _source, _budgets);

    private ListenResult Listen(RsocketEngine engine, AdapterListenRequest request, IAdapterListenerEvents events)
    {
        var addresses = ListenAddresses(View, request.Local.Address);
        if (_source.LongestBacklog is not { } longest || request.Backlog <= longest)
            return IwarpListener.Open(engine, request, addresses, events);
        var result = IwarpListener.Open(engine, request with { Backlog = longest }, addresses, events);
        if (result.Listener is null)
            return result;
        return result with { Downgrades = [.. result.Downgrades ?? [], ToeReasons.CapabilitySocketOption.With(FormattableString.Invariant($"a backlog of {longest} at most"))] };
    }

    private ToeReason Obstacle(out RsocketEngine? engine)
    {
        engine = null;
        if (_host.IsReplayed)
            return ToeReasons.EnvironmentReplayed.With(_host.Name);
        var view = View;
        if (!view.IsActive)
            return view.Status.Reason;
        try
        {
            engine = _transport.Engine;
            return ToeReason.None;
        }
        catch (LinuxException exception)
        {
            return ToeReasons.EnvironmentDriver.With($"{exception.Message}: modprobe rdma_ucm");
        }
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static IEnumerable<IPAddress> ListenAddresses(IwarpView view, IPAddress local)
    {
        var own = view.Addresses.Where(static address => !address.IsIPv6LinkLocal);
        if (local.Equals(IPAddress.Any))
            return own.Where(static address => address.AddressFamily == AddressFamily.InterNetwork);
        return local.Equals(IPAddress.IPv6Any) ? own : own.Where(local.Equals);
    }
}
