namespace Toe.Linux;

/// <summary>Counts of PCI Express errors since boot (AER). Source: Linux Documentation/ABI/testing/sysfs-bus-pci-devices-aer_stats.</summary>
/// <param name="Correctable">Errors that cost nothing; null when the machine does not count them.</param>
/// <param name="NonFatal">Errors that cost a transaction; null when the machine does not count them.</param>
/// <param name="Fatal">Errors after which the link cannot be trusted; null when the machine does not count them.</param>
public readonly record struct PciErrors(long? Correctable, long? NonFatal, long? Fatal);
