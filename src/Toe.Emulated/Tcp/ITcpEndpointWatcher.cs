namespace Toe.Emulated.Tcp;

/// <summary>Learns when a connection no longer occupies the engine. On the owner thread, in the middle of a turn: note it, no more.</summary>
internal interface ITcpEndpointWatcher
{
    /// <summary>The connection is in TIME-WAIT: its buffers are no longer the engine's, its tuple still is.</summary>
    void OnTimeWait();

    /// <summary>The tuple is free: closed, or the end of TIME-WAIT.</summary>
    void OnGone();
}
