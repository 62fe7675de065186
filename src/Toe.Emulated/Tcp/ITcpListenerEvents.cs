namespace Toe.Emulated.Tcp;

/// <summary>What happens at one listener. Called on the engine's owner thread; must return in microseconds.</summary>
public interface ITcpListenerEvents
{
    /// <summary>Asked once for each new SYN, before any state is made for it.</summary>
    /// <param name="syn">Who asks for what.</param>
    /// <returns>True to take part in the handshake. False leaves the SYN alone: no answer at all, or a RST where
    /// <see cref="TcpSocketOptions.ResetWhenNotAdmitted"/> says so.</returns>
    bool Admit(in TcpIncoming syn);

    /// <summary>A handshake is complete.</summary>
    /// <param name="socket">The new socket, established, or already in CLOSE-WAIT if a FIN came with the last ACK.</param>
    /// <returns>Who hears about this socket from now on. Never null.</returns>
    ITcpSocketEvents OnAccepted(TcpSocket socket);
}
