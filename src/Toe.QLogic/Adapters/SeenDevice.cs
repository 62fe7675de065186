namespace Toe.QLogic.Adapters;

/// <summary>The RDMA device of a function when it was last there.</summary>
/// <param name="Name">Its name then.</param>
/// <param name="FatalErrors">How many fatal errors of the firmware devlink had counted.</param>
internal sealed record SeenDevice(string Name, long FatalErrors)
{
    /// <summary>Why it is not there now, from what the function shows.</summary>
    /// <param name="reading">The function now.</param>
    /// <param name="health">How it is.</param>
    /// <param name="reason">Why it is so.</param>
    /// <param name="instead">What the device that is there instead is short of; null when there is none.</param>
    public string WhyGone(QLogicReading reading, AdapterHealth health, ToeReason reason, ToeReason? instead)
    {
        if (reading.Device is null)
            return $"{Name} is gone with its PCI function";
        if (health is AdapterHealth.Failed)
            return $"{Name} is gone: {reason.Text}";
        if (reading.FatalErrors?.Errors > FatalErrors)
            return $"{Name} is gone: its firmware had a fatal error, and the driver recovers it";
        if (health is not AdapterHealth.Healthy)
            return $"{Name} is gone, and its interface is not well, as in a recovery: {reason}";
        return instead is { } other ? $"{Name} is gone: {other.Text}" : $"{Name} is gone while its interface is well: qedr was unloaded, or RDMA switched off";
    }
}
