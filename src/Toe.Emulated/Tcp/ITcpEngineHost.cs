namespace Toe.Emulated.Tcp;

/// <summary>What a <see cref="TcpEngine"/> needs from its surroundings: a way out for packets, and a doorbell.</summary>
public interface ITcpEngineHost : IPacketOutput
{
    /// <summary>
    /// An application thread queued work: the owner shall call <see cref="TcpEngine.Advance"/> soon. Rung once when the queue
    /// goes from empty to non-empty. Any thread, the owner's included; must not block and must not call into the engine.
    /// </summary>
    void Wake();
}
