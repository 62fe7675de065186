namespace Toe.Linux;

/// <summary>Hears of a connected rsocket, on a thread that serves many: back within microseconds. What throws hears no more.</summary>
public interface IRsocketEvents
{
    /// <summary>An armed direction became ready. Also on the thread that armed it, where it was ready already.</summary>
    /// <param name="what">Which directions; each was armed, and is no longer.</param>
    void OnReady(Readiness what);

    /// <summary>The connection ended other than by both ends' leave. At most once.</summary>
    /// <param name="errorNumber">ECONNRESET: cut off, perhaps by the peer's death; ENODEV: the device is being taken away; EPROTO: the peer broke the protocol; others are the device's.</param>
    void OnOver(int errorNumber);
}
