namespace Toe.Linux;

/// <summary>How far an rsocket is.</summary>
internal enum RsocketState
{
    /// <summary>Made, and nothing else.</summary>
    Made,

    /// <summary>The connection manager is at it.</summary>
    Connecting,

    /// <summary>Bytes flow.</summary>
    Connected,

    /// <summary>Disposed, while the device sends the last of it.</summary>
    Lingering,

    /// <summary>Let go.</summary>
    Closed,
}
