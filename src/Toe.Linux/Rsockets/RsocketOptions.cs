namespace Toe.Linux;

/// <summary>What an rsocket is made with; none of it can be changed later.</summary>
public sealed record RsocketOptions
{
    /// <summary>As long transfers like it: twice the buffers of librdmacm's own rsockets.</summary>
    public static RsocketOptions Default { get; } = new();

    /// <summary>Asks the peer's device when the connection was idle for so long; null does not ask.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>Receive buffer in bytes, registered with the device and pinned, at least 8 KiB. Default 256 KiB.</summary>
    public int ReceiveBuffer { get; init; } = 256 * 1024;

    /// <summary>Send buffer in bytes, registered with the device and pinned, at least 8 KiB. Default 256 KiB.</summary>
    public int SendBuffer { get; init; } = 256 * 1024;

    /// <summary>Messages that the peer may send before this end has looked at them, 16 to 32,767. Every send of the peer is one, however small. Default 384.</summary>
    public int Credits { get; init; } = 384;

    /// <summary>The IPv4 TOS octet, or IPv6's traffic class; null leaves it alone.</summary>
    public byte? TypeOfService { get; init; }

    /// <summary>True lets a listener bind where connections of an earlier one linger.</summary>
    public bool ReuseAddress { get; init; }
}
