namespace Toe.Linux;

/// <summary>Where a stream posts its requests: a queue pair, or a test's memory. Each call answers 0 or an error number, and may be made by several threads.</summary>
internal interface IRsocketQueue
{
    /// <summary>Writes a piece of the send ring into the peer's memory and sends a message behind it. One completion tells of both.</summary>
    /// <param name="offset">Where the piece begins in the ring.</param>
    /// <param name="target">The peer's memory; its length is the piece's.</param>
    /// <param name="message">The message.</param>
    /// <param name="tag">Comes back with the completion.</param>
    int PostData(int offset, RemoteMemory target, RsocketMessage message, RequestTag tag);

    /// <summary>Writes a place of the peer's table of windows and sends a message behind it. One completion tells of both.</summary>
    /// <param name="window">What is written.</param>
    /// <param name="address">The place.</param>
    /// <param name="key">The key of the table.</param>
    /// <param name="message">The message.</param>
    /// <param name="tag">Comes back with the completion.</param>
    int PostWindow(RemoteMemory window, ulong address, uint key, RsocketMessage message, RequestTag tag);

    /// <summary>Sends a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="tag">Comes back with the completion.</param>
    int PostMessage(RsocketMessage message, RequestTag tag);

    /// <summary>Writes nothing, which the peer's device answers all the same.</summary>
    /// <param name="tag">Comes back with the completion.</param>
    int PostNothing(RequestTag tag);

    /// <summary>Gives a slot for messages back to the device.</summary>
    /// <param name="slot">Which one.</param>
    int PostReceive(int slot);
}
