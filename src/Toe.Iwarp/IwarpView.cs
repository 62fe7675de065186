using System.Net;
using Toe.Linux;

namespace Toe.Iwarp;

/// <summary>What was read of an iWARP device at one moment; immutable.</summary>
/// <param name="Status">What the stack sees.</param>
/// <param name="Interfaces">The network interfaces it shares.</param>
/// <param name="Addresses">Their addresses.</param>
/// <param name="Notes">What a person should know.</param>
internal sealed record IwarpView(AdapterStatus Status, IReadOnlyList<NetworkDevice> Interfaces, IReadOnlyList<IPAddress> Addresses, IReadOnlyList<AdapterNote> Notes)
{
    private const AdapterFeatures Able = AdapterFeatures.ActiveOpen | AdapterFeatures.PassiveOpen | AdapterFeatures.AdmitsAtSyn | AdapterFeatures.IPv4 | AdapterFeatures.IPv6;

    private const string ConnectionManager = "/dev/infiniband/rdma_cm";

    /// <summary>True when it can carry connections.</summary>
    public bool IsActive => Status.Rung == "ToeActive";

    public static IwarpView Read(ILinuxHost host, IwarpAdapterSource source, IwarpBudgets budgets)
    {
        var device = source.Find();
        var interfaces = device is null ? [] : device.Interfaces.Select(name => NetworkDevice.Read(host, name)).OfType<NetworkDevice>().ToList();
        var addresses = (AddressTable.Read(host).Value ?? [])
            .Where(entry => !entry.IsTentative && interfaces.Exists(one => one.Index == entry.InterfaceIndex))
            .Select(static entry => entry.Address).ToList();
        var reading = source.Read(device);
        var (rung, obstacle) = RungOf(host, device, reading);
        var (health, reason) = HealthOf(device, reading);
        var features = obstacle.IsNone ? Able : AdapterFeatures.None;
        var capabilities = new AdapterCapabilities(OffloadModel.Rdma, AddressModel.SharedWithHost, source.Bypasses, Facts.Assumed(features));
        var status = new AdapterStatus(health, reading.FirmwareText, reading.Firmware, capabilities, host.IsReplayed ? [] : budgets.Read(device))
        {
            FirmwareParts = reading.FirmwareParts,
            Rung = rung,
            Reason = obstacle.IsNone ? reason : obstacle,
        };
        return new IwarpView(status, interfaces, addresses, reading.Notes);
    }

    private static (string Rung, ToeReason Obstacle) RungOf(ILinuxHost host, InfinibandDevice? device, IwarpReading reading)
    {
        if (device is null)
            return reading.Obstacle is { } known ? (known.Rung, known.Reason) : ("NotAttached", ToeReasons.HealthRemoved.With("there is no RDMA device"));
        if (!device.IsUsable)
            return ("NotAttached", ToeReasons.EnvironmentDriver.With($"{device.Name} cannot be opened by programs: it is being taken away, or ib_uverbs is not loaded"));
        if (!host.IsReplayed && RdmaLibrary.Check() is { IsNone: false } missing)
            return ("NotAttached", missing);
        if (!host.IsReplayed && !File.Exists(ConnectionManager))
            return ("NotAttached", ToeReasons.EnvironmentDriver.With($"there is no {ConnectionManager}: modprobe rdma_ucm"));
        return ("ToeActive", ToeReason.None);
    }

    private static (AdapterHealth Health, ToeReason Reason) HealthOf(InfinibandDevice? device, IwarpReading reading)
    {
        if (device is null && reading.Obstacle is not null)
            return (reading.Health, reading.HealthReason);
        if (device is null || !device.IsUsable)
            return (AdapterHealth.Removed, ToeReasons.HealthRemoved);
        if (reading.Health != AdapterHealth.Healthy)
            return (reading.Health, reading.HealthReason);
        return device.Ports.Any(static port => port.IsActive != false)
            ? (AdapterHealth.Healthy, ToeReason.None)
            : (AdapterHealth.Degraded, ToeReasons.HealthLinkDown.With($"no port of {device.Name} is active"));
    }
}
