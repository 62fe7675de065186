namespace Toe.Emulated.Tcp;

/// <summary>What application threads leave for the owner thread.</summary>
[Flags]
internal enum SocketWork
{
    None = 0,

    /// <summary>There may be something to send: bytes, or the SYN.</summary>
    Send = 1,

    /// <summary>Enough was read for a window update.</summary>
    Receive = 2,
    Complete = 4,
    Close = 8,
    Abort = 16,

    /// <summary>The socket is in the engine's list.</summary>
    Queued = 1 << 30,
}
