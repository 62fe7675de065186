namespace Toe.Linux;

/// <summary>Which queue of a socket in repair the data calls mean. Source: enum in linux/tcp.h.</summary>
internal enum RepairQueue
{
    /// <summary>TCP_NO_QUEUE.</summary>
    None = 0,

    /// <summary>TCP_RECV_QUEUE.</summary>
    Receive = 1,

    /// <summary>TCP_SEND_QUEUE. A shutdown then leaves the wire alone.</summary>
    Send = 2,
}
