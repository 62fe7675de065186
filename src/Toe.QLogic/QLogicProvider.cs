using Microsoft.Extensions.Logging;
using Toe.Iwarp;
using Toe.Linux;
using Toe.QLogic.Adapters;
using Toe.QLogic.Devices;

[assembly: Toe.ToeProvider(typeof(Toe.QLogic.QLogicProvider), Toe.ContractVersion.Major, Toe.ContractVersion.Minor)]

namespace Toe.QLogic;

/// <summary>
/// Finds QLogic's adapters (now Marvell's) in all their families, on this machine or on one that is played back: FastLinQ, which carries connections by iWARP, and NetXtreme II, NetXen and QLE8xxx, which
/// carry none on Linux and say why. Looking costs a few files and needs no privilege.
/// </summary>
public sealed class QLogicProvider : IToeProvider
{
    internal const string ProviderName = "qlogic";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, IToeAdapter> _adapters = new(StringComparer.Ordinal);
    private readonly IwarpTransport _transport = new();
    private readonly bool _ownsHost;
    private ILinuxHost? _host;
    private IDisposable? _watch;
    private IwarpWatch? _rdmaWatch;
    private int _looking;
    private bool _isDisposed;

    /// <summary>Looks at the machine that the program runs on.</summary>
    public QLogicProvider()
        : this(null)
    {
    }

    /// <summary>Looks at a machine.</summary>
    /// <param name="host">The machine; null is the one that the program runs on. The caller disposes it.</param>
    public QLogicProvider(ILinuxHost? host)
    {
        _host = host;
        _ownsHost = host is null;
    }

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public ValueTask<Discovery> DiscoverAsync(IProviderHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (Open(out var reason) is not { } machine)
                return ValueTask.FromResult(new Discovery([], [new NotTaken("QLogic adapters", reason)]));
            var functions = FunctionSurvey.Of(machine);
            if (functions.Ethernet.Count != 0)
                _watch ??= TryWatch(machine, host);
            if (functions.Ethernet.Any(static one => QLogicOffload.Of(one.Product.Family).Model == OffloadModel.Rdma))
                _rdmaWatch ??= new IwarpWatch(machine, host.Time, () => LookSoon(host));
            return ValueTask.FromResult(new Discovery(Adapters(machine, functions.Ethernet, host), functions.NotTaken));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        IDisposable? watch, rdmaWatch;
        lock (_lock)
        {
            _isDisposed = true;
            (watch, _watch) = (_watch, null);
            (rdmaWatch, _rdmaWatch) = (_rdmaWatch, null);
        }

        watch?.Dispose(); // Outside the lock: they wait for a callback under way.
        rdmaWatch?.Dispose();
        _transport.Dispose();
        if (_ownsHost)
            _host?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The identity of a function's adapter: by its place, which stays whatever its interface and RDMA device are called.</summary>
    internal static AdapterIdentity Identify(PciDevice device, QLogicProduct product) => new()
    {
        Id = $"{ProviderName}:{device.Address}",
        Provider = ProviderName,
        Model = product.Name,
        Evidence = EvidenceLevel.E1,
        Location = $"PCI {device.Address}",
        Interfaces = device.Interfaces,
    };

    private ILinuxHost? Open(out ToeReason reason)
    {
        reason = ToeReason.None;
        if (_host is not null)
            return _host;
        if (!OperatingSystem.IsLinux())
        {
            reason = ToeReasons.EnvironmentOperatingSystem.With("iWARP is used on Linux; TCP Chimney, which Windows had, is gone");
            return null;
        }

        try
        {
            return _host = new LiveHost();
        }
        catch (LinuxException exception)
        {
            reason = ToeReasons.EnvironmentDevice.With(exception.Message);
            return null;
        }
    }

    /// <summary>One adapter for each Ethernet function. A function that came back is a new adapter with the same id.</summary>
    private List<IToeAdapter> Adapters(ILinuxHost machine, IReadOnlyList<EthernetFunction> functions, IProviderHost host)
    {
        foreach (var gone in _adapters.Keys.Except(functions.Select(static one => one.Device.Address), StringComparer.Ordinal).ToList())
            _adapters.Remove(gone);
        foreach (var (device, product) in functions)
        {
            if (_adapters.ContainsKey(device.Address))
                continue;
            IToeAdapter adapter = QLogicOffload.Of(product.Family).Model == OffloadModel.Rdma
                ? new IwarpAdapter(machine, _transport, new FastLinQFunction(machine, device, product).Source)
                : new NetworkAdapter(machine, device, product);
            _adapters.Add(device.Address, adapter);
            var logger = host.Logging.CreateLogger<QLogicProvider>();
            foreach (var note in (adapter as IReportsNotes)?.Notes ?? [])
                Log.Note(logger, adapter.Identity.Id, note.Kind, note.Text, note.Source);
        }

        return [.. functions.Select(one => _adapters[one.Device.Address])];
    }

    private IDisposable? TryWatch(ILinuxHost machine, IProviderHost host)
    {
        try
        {
            return machine.Watch(HostTopics.Links | HostTopics.Addresses | HostTopics.Devlink, () => LookSoon(host));
        }
        catch (LinuxException exception)
        {
            Log.NotWatched(host.Logging.CreateLogger<QLogicProvider>(), exception.Message);
            return null; // The stack reads every adapter on its timer all the same.
        }
    }

    /// <summary>Many changes at once are one look, off the host's thread: reading a dying adapter can block.</summary>
    private void LookSoon(IProviderHost host)
    {
        if (Interlocked.Exchange(ref _looking, 1) != 0)
            return;
        ThreadPool.UnsafeQueueUserWorkItem(
            static state =>
            {
                Volatile.Write(ref state.Provider._looking, 0);
                state.Provider.Look(state.Host);
            },
            (Provider: this, Host: host), preferLocal: false);
    }

    private void Look(IProviderHost host)
    {
        List<IToeAdapter> adapters;
        lock (_lock)
        {
            if (_isDisposed)
                return;
            adapters = [.. _adapters.Values];
        }

        foreach (var adapter in adapters)
        {
            if (adapter is IwarpAdapter iwarp)
                iwarp.Changed();
            else if (adapter is NetworkAdapter network)
                network.Changed();
        }

        host.RescanNeeded();
    }
}
