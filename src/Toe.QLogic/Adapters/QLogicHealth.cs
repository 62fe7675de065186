namespace Toe.QLogic.Adapters;

/// <summary>
/// How a function is, from what one that dies or recovers shows: its firmware's reporter, its interfaces, their carrier. Source: Linux drivers/net/ethernet/qlogic/{qed/qed_devlink.c,qede/qede_main.c}.
/// </summary>
internal static class QLogicHealth
{
    private const int NoDevice = 19;    // ENODEV: the interface is detached

    public static (AdapterHealth Health, ToeReason Reason) Of(QLogicReading reading, string expectedDriver)
    {
        if (reading.Device is not { } device)
            return (AdapterHealth.Removed, ToeReasons.HealthRemoved);
        if (device.Driver != expectedDriver)
            return (AdapterHealth.Healthy, ToeReason.None); // Nobody asks it anything: its rung says so.
        if (reading.FatalErrors is { IsHealthy: false })
        {
            return (AdapterHealth.Failed, ToeReasons.HealthFailed.With(
                $"devlink's reporter fw_fatal is in error: devlink health recover pci/{device.Address} reporter fw_fatal; if that fails, the kernel's log asks for a power cycle"));
        }

        if (device.Interfaces.Count == 0)
            return (AdapterHealth.Degraded, ToeReasons.HealthLinkDown.With("it has no interface here: it recovers, or the interface is in another network namespace"));
        if (reading.Driver.ErrorNumber == NoDevice)
            return (AdapterHealth.Recovering, ToeReasons.HealthRecovering.With($"its interface is detached: {reading.Driver.Reason}"));
        return reading.Ports.Any(static port => port.HasCarrier == true)
            ? (AdapterHealth.Healthy, ToeReason.None)
            : (AdapterHealth.Degraded, ToeReasons.HealthLinkDown.With(string.Join(", ", device.Interfaces)));
    }
}
