using Toe.Linux;

namespace Toe.QLogic.Adapters;

/// <summary>Everything that one reading of an Ethernet function gave; what could not be read is null.</summary>
internal sealed record QLogicReading
{
    private const int NoEntry = 2;      // ENOENT

    /// <summary>The function; null when it is gone.</summary>
    public PciDevice? Device { get; private init; }

    /// <summary>Its interfaces.</summary>
    public IReadOnlyList<NetworkDevice> Ports { get; private init; } = [];

    /// <summary>What the driver says; the first interface that answers speaks for the function.</summary>
    public HostAnswer<EthtoolDriver> Driver { get; private init; }

    /// <summary>What devlink says; FastLinQ's alone, and only where the kernel has it.</summary>
    public DevlinkDevice? Devlink { get; private init; }

    /// <summary>devlink's reporter of fatal firmware errors, <c>fw_fatal</c>; FastLinQ's alone, and only where the kernel has it.</summary>
    public DevlinkReporter? FatalErrors { get; private init; }

    /// <summary>Reads a function. Only reads; what fails is missing.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="address">The function's PCI address.</param>
    /// <param name="hasDevlink">True for families whose driver registers with devlink.</param>
    public static QLogicReading Of(ILinuxHost host, string address, bool hasDevlink)
    {
        if (PciDevices.Read(host, address) is not { } device)
            return new QLogicReading();
        return new QLogicReading
        {
            Device = device,
            Ports = [.. device.Interfaces.Select(name => NetworkDevice.Read(host, name)).OfType<NetworkDevice>()],
            Driver = ReadDriver(host, device.Interfaces),
            Devlink = hasDevlink ? Devlinks(host).FirstOrDefault(one => one.Bus == "pci" && one.Name == address) : null,
            FatalErrors = hasDevlink ? Reporters(host).FirstOrDefault(one => one.Bus == "pci" && one.Device == address && one.Name == "fw_fatal") : null, // qed_devlink.c
        };
    }

    private static HostAnswer<EthtoolDriver> ReadDriver(ILinuxHost host, IReadOnlyList<string> interfaces)
    {
        var answer = HostAnswers.Failed<EthtoolDriver>(NoEntry, "no interface");
        foreach (var name in interfaces)
        {
            answer = EthtoolDriver.Read(host, name);
            if (answer.IsFound)
                return answer;
        }

        return answer;
    }

    private static IReadOnlyList<DevlinkDevice> Devlinks(ILinuxHost host) => Toe.Linux.Devlink.ReadDevices(host).Value ?? [];

    private static IReadOnlyList<DevlinkReporter> Reporters(ILinuxHost host) => Toe.Linux.Devlink.ReadReporters(host).Value ?? [];
}
