namespace Toe.Linux;

/// <summary>The upper three bits of an rsockets message. Source: rdma-core, librdmacm/rsocket.c.</summary>
internal enum RsocketMessageKind
{
    /// <summary>So many bytes were written behind those before.</summary>
    Data = 0,

    /// <summary>So many messages may be sent in all, modulo 65,536; perhaps with a new window beside it.</summary>
    Grant = 4,

    /// <summary>Memory that was mapped by name, which no stream needs.</summary>
    Map = 6,

    /// <summary>One of <see cref="RsocketControl"/>.</summary>
    Control = 7,
}
