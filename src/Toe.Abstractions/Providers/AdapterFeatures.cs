namespace Toe;

/// <summary>What an adapter can do beside carrying bytes.</summary>
[Flags]
public enum AdapterFeatures
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Connections can be opened actively.</summary>
    ActiveOpen = 1,

    /// <summary>Listeners can be offloaded.</summary>
    PassiveOpen = 2,

    /// <summary>IPv4.</summary>
    IPv4 = 4,

    /// <summary>IPv6.</summary>
    IPv6 = 8,

    /// <summary>Asks at the SYN whether to take an incoming connection.</summary>
    AdmitsAtSyn = 16,

    /// <summary>Established connections can be taken over (<see cref="IImportsState"/>).</summary>
    ImportsState = 32,

    /// <summary>
    /// Established connections can be given up (<see cref="IExportsState"/> on its sockets). In the status of a <see cref="AdapterHealth.Failed"/> adapter: their states can be read
    /// still, so that they move instead of ending; its sockets answer <see cref="IoStatus.WouldBlock"/> until then.
    /// </summary>
    ExportsState = 64,
}
