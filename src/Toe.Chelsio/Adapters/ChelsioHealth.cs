namespace Toe.Chelsio.Adapters;

/// <summary>
/// How a card is, from what a dying one shows: its function or interfaces go, calls to its driver time out, all carriers drop. There is no health
/// reporter to ask. Source: Linux cxgb4_main.c, t4_fatal_err and eeh_err_detected.
/// </summary>
internal static class ChelsioHealth
{
    private const int InputOutput = 5;          // EIO
    private const int NoSuchDevice = 6;         // ENXIO: after a firmware error
    private const int NoDevice = 19;            // ENODEV: detached while PCI recovers
    private const int TimedOut = 110;           // ETIMEDOUT: a mailbox that does not answer

    public static (AdapterHealth Health, ToeReason Reason) Of(ChelsioReading reading)
    {
        if (reading.Device is not { } device)
            return (AdapterHealth.Removed, ToeReasons.HealthRemoved);
        if (device.Driver is null)
            return (AdapterHealth.Failed, ToeReasons.HealthFailed.With("no driver is bound"));
        switch (reading.Driver.ErrorNumber)
        {
            case TimedOut or NoSuchDevice or InputOutput:
                return (AdapterHealth.Failed, ToeReasons.HealthFailed.With($"the driver does not reach the firmware: {reading.Driver.Reason}"));
            case NoDevice when device.Interfaces.Count != 0:
                return (AdapterHealth.Recovering, ToeReasons.HealthRecovering.With($"the interfaces are detached: {reading.Driver.Reason}"));
        }

        if (device.Interfaces.Count == 0)
            return (AdapterHealth.Recovering, ToeReasons.HealthRecovering.With("the interfaces are not there yet"));
        return reading.Ports.Any(static port => port.HasCarrier == true)
            ? (AdapterHealth.Healthy, ToeReason.None)
            : (AdapterHealth.Degraded, ToeReasons.HealthLinkDown.With("no port has a carrier"));
    }
}
