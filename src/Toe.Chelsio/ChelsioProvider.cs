using Microsoft.Extensions.Logging;
using Toe.Chelsio.Adapters;
using Toe.Chelsio.Devices;
using Toe.Iwarp;
using Toe.Linux;

[assembly: Toe.ToeProvider(typeof(Toe.Chelsio.ChelsioProvider), Toe.ContractVersion.Major, Toe.ContractVersion.Minor)]

namespace Toe.Chelsio;

/// <summary>Finds Chelsio cards, T4 and later, on this machine or on one that is played back. Looking costs a few files and needs no privilege.</summary>
public sealed class ChelsioProvider : IToeProvider
{
    internal const string ProviderName = "chelsio";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ChelsioAdapter> _adapters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IwarpAdapter> _iwarp = new(StringComparer.Ordinal);
    private readonly IwarpTransport _transport = new();
    private readonly ChelsioOptions _options;
    private readonly bool _ownsHost;
    private ILinuxHost? _host;
    private IDisposable? _watch;
    private IwarpWatch? _rdmaWatch;
    private int _looking;
    private bool _disposed;

    /// <summary>Looks at the machine that the program runs on, and steers no sockets.</summary>
    public ChelsioProvider()
        : this(new ChelsioOptions())
    {
    }

    /// <summary>Looks at a machine.</summary>
    /// <param name="options">How sockets are steered.</param>
    /// <param name="host">The machine; null is the one that the program runs on. The caller disposes it.</param>
    /// <exception cref="ArgumentException">The options cannot be used; the message says why.</exception>
    public ChelsioProvider(ChelsioOptions options, ILinuxHost? host = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Check() is { } wrong)
            throw new ArgumentException(wrong, nameof(options));
        _options = options;
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
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (Open(out var reason) is not { } machine)
                return ValueTask.FromResult(new Discovery([], [new NotTaken("Chelsio adapters", reason)]));
            var devices = PciDevices.Find(machine, ChelsioDeviceId.Vendor);
            if (devices.Count != 0)
                _watch ??= TryWatch(machine, host);
            return ValueTask.FromResult(new Discovery(Adapters(machine, devices, host), NotTakenOf(devices)));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        IDisposable? watch, rdmaWatch;
        lock (_lock)
        {
            _disposed = true;
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

    private ILinuxHost? Open(out ToeReason reason)
    {
        reason = ToeReason.None;
        if (_host is not null)
            return _host;
        if (!OperatingSystem.IsLinux())
        {
            reason = ToeReasons.EnvironmentOperatingSystem.With("Chelsio's TOE is used on Linux; FreeBSD has one that this SDK does not drive");
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

    /// <summary>One adapter for each card: its function for interfaces and offloads. A card that came back is a new adapter with the same id.</summary>
    private List<IToeAdapter> Adapters(ILinuxHost machine, IReadOnlyList<PciDevice> devices, IProviderHost host)
    {
        var cards = devices.Where(static device => new ChelsioDeviceId(device.Device) is { IsEncoded: true, Function: ChelsioFunction.Unified } && !device.IsVirtualFunction).ToList();
        foreach (var gone in _adapters.Keys.Except(cards.Select(static card => card.Address), StringComparer.Ordinal).ToList())
            _adapters.Remove(gone);
        foreach (var card in cards)
        {
            if (_adapters.ContainsKey(card.Address))
                continue;
            var adapter = new ChelsioAdapter(machine, card, _options, host.Time);
            _adapters.Add(card.Address, adapter);
            var logger = host.Logging.CreateLogger<ChelsioProvider>();
            foreach (var note in adapter.Notes)
                Log.Note(logger, adapter.Identity.Id, note.Kind, note.Text, note.Source);
        }

        return [.. cards.Select(card => _adapters[card.Address]), .. IwarpAdapters(machine, cards, host)];
    }

    /// <summary>The cards' iWARP sides, behind all cards: they serve only peers that policy names.</summary>
    private List<IwarpAdapter> IwarpAdapters(ILinuxHost machine, List<PciDevice> cards, IProviderHost host)
    {
        var present = cards.Select(static card => card.Address).Where(address => ChelsioIwarp.Find(machine, address) is { IsUsable: true }).ToList();
        foreach (var gone in _iwarp.Keys.Except(present, StringComparer.Ordinal).ToList())
            _iwarp.Remove(gone);
        foreach (var address in present)
        {
            if (!_iwarp.ContainsKey(address))
                _iwarp.Add(address, new IwarpAdapter(machine, _transport, ChelsioIwarp.Source(machine, _adapters[address], address)));
        }

        if (cards.Count != 0)
            _rdmaWatch ??= new IwarpWatch(machine, host.Time, () => LookSoon(host));
        return [.. present.Select(address => _iwarp[address])];
    }

    /// <summary>Functions of a card that is taken are no news; what has no such function is named.</summary>
    private static List<NotTaken> NotTakenOf(IReadOnlyList<PciDevice> devices)
    {
        var notTaken = new List<NotTaken>();
        var taken = devices.Where(static device => new ChelsioDeviceId(device.Device).Function == ChelsioFunction.Unified).Select(static device => Slot(device.Address)).ToHashSet(StringComparer.Ordinal);
        foreach (var device in devices.Where(device => !taken.Contains(Slot(device.Address))))
        {
            var id = new ChelsioDeviceId(device.Device);
            var name = ChelsioProducts.Of(id).Name;
            if (!id.IsEncoded)
                notTaken.Add(new NotTaken($"{device.Address} {name}", ToeReasons.CapabilityHardware.With("T3 and older: Chelsio's modules for them ended long ago; use T4 or later")));
            else if (id.Function == ChelsioFunction.Virtual && !device.IsVirtualFunction) // Its card is elsewhere: this is a guest.
                notTaken.Add(new NotTaken($"{device.Address} {name}", ToeReasons.CapabilityHardware.With("a virtual function: an interface without TCP offload")));
        }

        return notTaken;
    }

    private static string Slot(string address) => address[..Math.Max(0, address.LastIndexOf('.'))];

    private IDisposable? TryWatch(ILinuxHost machine, IProviderHost host)
    {
        try
        {
            return machine.Watch(HostTopics.Links | HostTopics.Addresses, () => LookSoon(host));
        }
        catch (LinuxException exception)
        {
            Log.NotWatched(host.Logging.CreateLogger<ChelsioProvider>(), exception.Message);
            return null; // The stack reads every card on its timer all the same.
        }
    }

    /// <summary>Many changes at once are one look, off the host's thread: reading a dying card can block.</summary>
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
        List<ChelsioAdapter> adapters;
        List<IwarpAdapter> iwarp;
        lock (_lock)
        {
            if (_disposed)
                return;
            adapters = [.. _adapters.Values];
            iwarp = [.. _iwarp.Values];
        }

        foreach (var adapter in adapters)
            adapter.Changed();
        foreach (var adapter in iwarp)
            adapter.Changed();
        host.RescanNeeded();
    }
}
