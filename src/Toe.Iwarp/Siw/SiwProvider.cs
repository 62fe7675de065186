using Toe.Linux;

[assembly: Toe.ToeProvider(typeof(Toe.Iwarp.Siw.SiwProvider), Toe.ContractVersion.Major, Toe.ContractVersion.Minor)]

namespace Toe.Iwarp.Siw;

/// <summary>
/// Soft-iWARP, the kernel's own iWARP in software (module siw): for development and proof, never taken for hardware. Its TCP runs in kernel sockets, so what filters those filters it.
/// </summary>
public sealed class SiwProvider : IToeProvider
{
    internal const string ProviderName = "siw";
    internal const string Model = "Soft-iWARP";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, IwarpAdapter> _adapters = new(StringComparer.Ordinal);
    private readonly IwarpTransport _transport = new();
    private readonly bool _ownsHost;
    private ILinuxHost? _host;
    private IwarpWatch? _watch;
    private bool _isDisposed;

    /// <summary>Looks at the machine that the program runs on.</summary>
    public SiwProvider()
        : this(null)
    {
    }

    /// <summary>Looks at a machine.</summary>
    /// <param name="host">The machine; null is the one that the program runs on. The caller disposes it.</param>
    public SiwProvider(ILinuxHost? host)
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
                return ValueTask.FromResult(new Discovery([], [new NotTaken(Model, reason)]));
            _watch ??= new IwarpWatch(machine, host.Time, () => Look(host));
            return ValueTask.FromResult(new Discovery(Adapters(machine), []));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        IwarpWatch? watch;
        lock (_lock)
        {
            _isDisposed = true;
            (watch, _watch) = (_watch, null);
        }

        watch?.Dispose(); // Outside the lock: it waits for a look under way.
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
        reason = RdmaLibrary.Check();
        if (!OperatingSystem.IsLinux() || !reason.IsNone)
            return null;
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

    /// <summary>One adapter for each device, by the interface it stands on: the device's own name changes when it is made again.</summary>
    private List<IToeAdapter> Adapters(ILinuxHost machine)
    {
        var present = InfinibandDevices.Find(machine).Where(IsSoft).SelectMany(static device => device.Interfaces).Distinct(StringComparer.Ordinal).ToList();
        foreach (var gone in _adapters.Keys.Except(present, StringComparer.Ordinal).ToList())
            _adapters.Remove(gone);
        foreach (var name in present)
        {
            if (!_adapters.ContainsKey(name))
                _adapters.Add(name, new IwarpAdapter(machine, _transport, Source(machine, name)));
        }

        return [.. present.Select(name => _adapters[name])];
    }

    private static IwarpAdapterSource Source(ILinuxHost machine, string name) => new(
        new AdapterIdentity
        {
            Id = $"{ProviderName}:{name}",
            Provider = ProviderName,
            Model = Model,
            Evidence = EvidenceLevel.E2,
            Location = $"software on {name}",
            Interfaces = [name],
        },
        () => InfinibandDevices.Find(machine).FirstOrDefault(device => IsSoft(device) && device.Interfaces.Contains(name, StringComparer.Ordinal)),
        device => device is null ? new IwarpReading() : ReadKernel(machine),
        Facts.Assumed(HostBypass.None))
    {
        ReachesItself = true,
    };

    /// <summary>A device of its own that is no PCI function. The other software device, rxe, is no iWARP.</summary>
    private static bool IsSoft(InfinibandDevice device) => device is { IsIwarp: true, IsUsable: true, PciAddress: null };

    /// <summary>Its firmware is the kernel.</summary>
    private static IwarpReading ReadKernel(ILinuxHost machine)
    {
        var text = machine.ReadText("/proc/sys/kernel/osrelease").Value;
        if (string.IsNullOrEmpty(text))
            return new IwarpReading();
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
            end++;
        return new IwarpReading { FirmwareText = text, Firmware = FirmwareVersion.TryParse(text.AsSpan(0, end).TrimEnd('.'), out var version) ? version : null }; // 6.12.117+deb12-amd64
    }

    private void Look(IProviderHost host)
    {
        List<IwarpAdapter> adapters;
        lock (_lock)
        {
            if (_isDisposed)
                return;
            adapters = [.. _adapters.Values];
        }

        foreach (var adapter in adapters)
            adapter.Changed();
        host.RescanNeeded();
    }
}
