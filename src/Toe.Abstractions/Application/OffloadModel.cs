namespace Toe;

/// <summary>Who does which part of a connection's life when an adapter carries it.</summary>
public enum OffloadModel
{
    /// <summary>The adapter does everything, the handshake included.</summary>
    FullConnection,

    /// <summary>The host does the handshake and hands the established connection's state to the adapter, as TCP Chimney did.</summary>
    EstablishedState,

    /// <summary>An ordinary host socket that a vendor's kernel module may take over.</summary>
    KernelManaged,

    /// <summary>TCP terminates in the adapter under iWARP; both ends speak rsockets.</summary>
    Rdma,
}
