namespace Toe.Emulated.Tcp;

/// <summary>What a <see cref="TcpEngine"/> needs from its surroundings: a way out for packets, and a doorbell.</summary>
public interface ITcpEngineHost : IPacketOutput
{
    /// <summary>
    /// An application thread queued work: the owner shall call <see cref="TcpEngine.Advance"/> soon. Rung once when the queue
    /// goes from empty to non-empty. Any thread, the owner's included; must not block and must not call into the engine.
    /// </summary>
    void Wake();

    /// <summary>
    /// The engine leaves a valid segment to somebody else: it belongs to none of its connections, or nobody admitted it. Only where
    /// <see cref="TcpEngineOptions.ResetUnknownSegments"/> is false. Owner thread; must not call into the engine. Default: the packet is lost.
    /// </summary>
    /// <param name="packet">The IP packet; valid during the call.</param>
    void Decline(ReadOnlySpan<byte> packet)
    {
    }
}
