namespace Toe.Linux;

/// <summary><c>enum rdma_cm_event_type</c>. Source: rdma/rdma_cma.h.</summary>
internal enum CmEventKind
{
    /// <summary>The device to the peer is known.</summary>
    AddressResolved = 0,

    /// <summary>No device leads to the peer.</summary>
    AddressError = 1,

    /// <summary>The connection can be made.</summary>
    RouteResolved = 2,

    /// <summary>No way to the peer.</summary>
    RouteError = 3,

    /// <summary>A peer asks a listener.</summary>
    ConnectRequest = 4,

    /// <summary>The device could not.</summary>
    ConnectError = 6,

    /// <summary>The peer did not answer.</summary>
    Unreachable = 7,

    /// <summary>The peer said no.</summary>
    Rejected = 8,

    /// <summary>The connection stands.</summary>
    Established = 9,

    /// <summary>The connection is over.</summary>
    Disconnected = 10,

    /// <summary>The device is being taken away: everything on it has to be given back.</summary>
    DeviceRemoval = 11,
}
