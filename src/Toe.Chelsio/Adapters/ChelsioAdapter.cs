using System.Net;
using System.Net.Sockets;
using Toe.Chelsio.Devices;
using Toe.Chelsio.Policy;
using Toe.Chelsio.Sockets;
using Toe.Iwarp;
using Toe.Linux;

namespace Toe.Chelsio.Adapters;

/// <summary>One Chelsio card with all its ports. Its connections are ordinary sockets that the TOE module may take.</summary>
internal sealed class ChelsioAdapter : IWatchedAdapter, ISteersHostSockets, IReportsNotes, IReportsCounters
{
    private readonly ILinuxHost _host;
    private readonly ChelsioDeviceId _id;
    private readonly ChelsioProduct _product;
    private readonly ChelsioOptions _options;
    private readonly TimeProvider _time;
    private readonly string _address;
    private IAdapterEvents? _events;
    private ChelsioView _view;

    public ChelsioAdapter(ILinuxHost host, PciDevice device, ChelsioOptions options, TimeProvider time)
    {
        _host = host;
        _id = new ChelsioDeviceId(device.Device);
        _product = ChelsioProducts.Of(_id);
        _options = options;
        _time = time;
        _address = device.Address;
        _view = Read();
        Identity = new AdapterIdentity
        {
            Id = $"{ChelsioProvider.ProviderName}:{device.Address}",
            Provider = ChelsioProvider.ProviderName,
            Model = _product.Name,
            Evidence = EvidenceLevel.E1,
            Location = $"PCI {device.Address}",
            Interfaces = device.Interfaces,
        };
    }

    /// <inheritdoc/>
    public AdapterIdentity Identity { get; }

    /// <inheritdoc/>
    public AdapterStatus Status => View.Status;

    /// <inheritdoc/>
    public IReadOnlyList<AdapterNote> Notes => View.Notes;

    /// <inheritdoc/>
    public IReadOnlyList<AdapterCounter> Counters => View.Reading.Counters;

    private ChelsioView View => Volatile.Read(ref _view);

    /// <inheritdoc/>
    public ValueTask<AdapterStatus> RefreshAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var view = Read();
        Volatile.Write(ref _view, view);
        return ValueTask.FromResult(view.Status);
    }

    /// <inheritdoc/>
    public void Changed()
    {
        var before = View.Status;
        var view = Read();
        Volatile.Write(ref _view, view);
        if (view.Status.Health != before.Health || view.Status.Rung != before.Rung || view.Status.FirmwareText != before.FirmwareText)
            Volatile.Read(ref _events)?.StatusChanged(view.Status);
    }

    /// <inheritdoc/>
    public ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host)
    {
        ArgumentNullException.ThrowIfNull(remote);
        var view = View;
        if (host is { IsLocal: true } || IPAddress.IsLoopback(remote.Address))
            return ToeReasons.RouteLoopback;
        if (host is null)
            return ToeReasons.RouteNone.With($"to {remote.Address}");
        if (!view.Reading.Served.TryGetValue(host.InterfaceIndex, out var served))
            return ToeReasons.RouteNotThroughAdapter.With($"the route leaves through {host.Interface}");
        if (served.HasCarrier == false)
            return ToeReasons.HealthLinkDown.With(served.Name);
        if (remote.Address.IsIPv4MappedToIPv6)
            return ToeReasons.CapabilityAddressFamily.With("IPv4-mapped IPv6");
        return view.Rung.IsActive ? AskPolicy(view, local ?? host.Source, remote) : ToeReason.None; // What is below the top rung says its own reason.
    }

    /// <inheritdoc/>
    public ToeReason Serves(IPAddress local)
    {
        ArgumentNullException.ThrowIfNull(local);
        if (IPAddress.IsLoopback(local))
            return ToeReasons.RouteLoopback;
        var view = View;
        if (!view.Rung.IsActive)
            return ToeReason.None; // What is below the top rung says its own reason.
        if (!ListenAddresses(view, local).Any())
            return ToeReasons.RouteLocalAddress.With($"{local} is on none of its interfaces");
        if (view.Reading.Policy is not { } policy || CopControl.AskListen(policy, _options, new IPEndPoint(local, 0), out var rule) != CopAnswer.Host)
            return ToeReason.None;
        return LeftToHost(rule);
    }

    /// <inheritdoc/>
    public void Subscribe(IAdapterEvents events) => Volatile.Write(ref _events, events);

    /// <inheritdoc/>
    public ToeReason KeepOff(Socket beforeConnectOrListen)
    {
        ArgumentNullException.ThrowIfNull(beforeConnectOrListen);
        var view = View;
        if (!view.Status.Capabilities.CanKeepOff)
            return ToeReasons.EnvironmentUncontrolled;
        return view.Rung.IsActive && SocketSteering.LooksSteered(beforeConnectOrListen, _options)
            ? ToeReasons.EnvironmentUncontrolled.With("the socket carries the sign that steers to the card")
            : ToeReason.None;
    }

    /// <inheritdoc/>
    public ValueTask<OpenResult> OpenAsync(OpenRequest request, IAdapterSocketEvents events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (Refusal() is { IsNone: false } refusal)
            return ValueTask.FromResult(OpenResult.Refused(refusal));
        var socket = new Socket(request.Remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            var downgrades = SocketOptions.Apply(socket, request.Options, _options);
            refusal = SocketSteering.ToCard(socket, _options);
            if (refusal.IsNone)
                return ValueTask.FromResult(OpenResult.Opened(new ChelsioSocket(socket, request, events, _options, Status.Capabilities.CanKeepOff), downgrades));
            socket.Dispose();
            return ValueTask.FromResult(OpenResult.Refused(refusal));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ListenResult> ListenAsync(AdapterListenRequest request, IAdapterListenerEvents events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (Refusal() is { IsNone: false } obstacle)
            return ListenResult.Refused(obstacle);
        var view = View;
        var (listener, refusal, downgrades) = ChelsioListener.Open(request, ListenAddresses(view, request.Local.Address), events, _options, _time);
        if (listener is null)
            return ListenResult.Refused(refusal);
        // A listener that got no entry works on the host stack, and the module does not say so: its table does.
        if (view.Reading.Offload is { } device && listener.Bound.All(bound => ChelsioReader.HasListener(_host, device.Name, bound) != true))
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            return ListenResult.Refused(ToeReasons.ResourceListeners.With($"no row in /proc/net/offload/{device.Name}/listeners: the card has no entry for it"));
        }

        listener.Start();
        return ListenResult.Listening(listener, downgrades);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask; // It holds nothing: the provider owns the host and its watch.

    private ChelsioView Read() => ChelsioView.Of(new ChelsioReader(_host, _address).Read(), _id, _product, _options);

    private ToeReason Refusal()
    {
        if (_host.IsReplayed)
            return ToeReasons.EnvironmentReplayed.With(_host.Name);
        return View.Rung.Reason;
    }

    private ToeReason AskPolicy(ChelsioView view, IPAddress? local, IPEndPoint remote)
    {
        if (view.Reading.Policy is not { } policy)
            return ToeReason.None;
        var source = local is null ? null : new IPEndPoint(local, 0);
        return CopControl.AskActive(policy, _options, source, remote, out var rule) != CopAnswer.Host ? ToeReason.None : LeftToHost(rule);
    }

    private ToeReason LeftToHost(CopRule? rule) => ToeReasons.CapabilityDisabled.With(
        $"the loaded policy leaves it to the host stack: {rule?.Text ?? "no rule offloads it"}"
        + (_options.Mark is null && _options.Dscp is null ? "; no mark or DSCP is set to steer by" : ""));

    private static IEnumerable<IPAddress> ListenAddresses(ChelsioView view, IPAddress local)
    {
        var own = view.Reading.Addresses.Where(entry => !entry.IsTentative && !entry.Address.IsIPv6LinkLocal
            && (entry.Address.AddressFamily == AddressFamily.InterNetwork || view.Reading.IPv6 == true)).Select(static entry => entry.Address);
        if (local.Equals(IPAddress.Any))
            return own.Where(static address => address.AddressFamily == AddressFamily.InterNetwork);
        return local.Equals(IPAddress.IPv6Any) ? own : own.Where(local.Equals);
    }
}
