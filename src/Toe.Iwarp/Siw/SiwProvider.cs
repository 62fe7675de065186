using Toe.Linux;

[assembly: Toe.ToeProvider(typeof(Toe.Iwarp.Siw.SiwProvider), Toe.ContractVersion.Major, Toe.ContractVersion.Minor)]

namespace Toe.Iwarp.Siw;

/// <summary>
/// Soft-iWARP, the kernel's own iWARP in software (module siw): for development and proof, never taken for hardware. Its TCP runs in kernel sockets, so what filters those filters it.
/// </summary>
public sealed class SiwProvider : IwarpProvider
{
    internal const string ProviderName = "siw";
    internal const string Model = "Soft-iWARP";

    /// <summary>Looks at the machine that the program runs on.</summary>
    public SiwProvider()
        : this(null)
    {
    }

    /// <summary>Looks at a machine.</summary>
    /// <param name="host">The machine; null is the one that the program runs on. The caller disposes it.</param>
    public SiwProvider(ILinuxHost? host)
        : base(host)
    {
    }

    /// <inheritdoc/>
    public override string Name => ProviderName;

    /// <inheritdoc/>
    protected override string Kind => Model;

    /// <inheritdoc/>
    protected override ToeReason Check() => RdmaLibrary.Check();

    /// <inheritdoc/>
    protected override Discovery Find(ILinuxHost machine, IProviderHost host)
    {
        WatchRdma();
        // One adapter for each device, by the interface it stands on: the device's own name changes when it is made again.
        var interfaces = InfinibandDevices.Find(machine).Where(IsSoft).SelectMany(static device => device.Interfaces).Distinct(StringComparer.Ordinal);
        return new Discovery([.. interfaces.Select(name => Keep(name, () => new IwarpAdapter(machine, Transport, Source(machine, name))))], []);
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
}
