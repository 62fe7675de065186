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

    /// <summary>The IPv4 TOS octet; null leaves it alone. IPv6 has none in the library.</summary>
    public byte? TypeOfService { get; init; }

    /// <summary>True lets a listener bind where connections of an earlier one linger.</summary>
    public bool ReuseAddress { get; init; }
}
