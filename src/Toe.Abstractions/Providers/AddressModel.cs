namespace Toe;

/// <summary>Whose addresses an adapter's connections have.</summary>
public enum AddressModel
{
    /// <summary>The host's own: refused listens and passive opens go to the host stack, connections can move.</summary>
    SharedWithHost,

    /// <summary>An address the kernel does not own: a refused listen is an error; an outgoing fallback changes the source address, which is a downgrade.</summary>
    Own,

    /// <summary>In-process; the connecting side falls back to the same loopback endpoint.</summary>
    Fabric,
}
