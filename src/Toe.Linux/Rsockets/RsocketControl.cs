namespace Toe.Linux;

/// <summary>What a control message says. Source: rdma-core, librdmacm/rsocket.c.</summary>
internal enum RsocketControl : uint
{
    /// <summary>Nothing more is sent or received.</summary>
    Disconnect = 0,

    /// <summary>Are you there; needs no answer.</summary>
    KeepAlive = 1,

    /// <summary>Nothing more is sent.</summary>
    Shutdown = 2,
}
