namespace Toe.Chelsio.Tables;

/// <summary>One row of <c>/proc/net/offload/devices</c>: one for each adapter, not for each port.</summary>
/// <param name="Name">The offload device, such as <c>toe0</c>.</param>
/// <param name="Module">The module that drives it, <c>Chelsio-T4</c> for T4 to T6; null when none is attached.</param>
/// <param name="HasPolicy">True when a connection offload policy is loaded; null when the column is missing.</param>
/// <param name="Interfaces">Its network interfaces.</param>
internal sealed record OffloadDevice(string Name, string? Module, bool? HasPolicy, IReadOnlyList<string> Interfaces);
