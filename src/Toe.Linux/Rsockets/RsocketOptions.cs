namespace Toe.Linux;

/// <summary>What an rsocket is made with; the library takes none of it later.</summary>
public sealed record RsocketOptions
{
    /// <summary>Nothing that the library does not do by itself.</summary>
    public static RsocketOptions Default { get; } = new();

    /// <summary>Asks the peer when the connection was idle for so long whether it is there; null does not ask. The library rounds to seconds.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>Receive buffer in bytes, registered with the device and pinned; null is the library's default, 128 KiB.</summary>
    public int? ReceiveBuffer { get; init; }

    /// <summary>Send buffer in bytes, registered with the device and pinned; null is the library's default, 128 KiB.</summary>
    public int? SendBuffer { get; init; }

    /// <summary>
    /// Messages that the device can take before this end looks at them; at least 16 and at most what the device has. Every send of the peer is one, however small.
    /// Accepted sockets have their listener's. Default 2048, which costs some 100 KiB of pinned memory for each connection.
    /// </summary>
    /// <remarks>
    /// The peer is told this number, sends so many messages, and on top of them its credits for what it received, for which the library has set no room aside. InfiniBand
    /// repeats what finds no room; iWARP ends the connection (RFC 5041, 7.1: no buffer available). With the library's own 384 this was seen within seconds of small
    /// messages both ways. Messages of 65 bytes and more cannot exceed 2048, since the receive buffer is full before.
    /// </remarks>
    public int ReceiveQueue { get; init; } = 2048;

    /// <summary>The IPv4 TOS octet; null leaves it alone. IPv6 has none in the library.</summary>
    public byte? TypeOfService { get; init; }

    /// <summary>True lets a listener bind where connections of an earlier one linger.</summary>
    public bool ReuseAddress { get; init; }
}
