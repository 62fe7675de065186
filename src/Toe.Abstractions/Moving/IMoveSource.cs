namespace Toe;

/// <summary>A frozen connection on the carrier that gives it up.</summary>
public interface IMoveSource
{
    /// <summary>The whole state.</summary>
    TcpConnectionState State { get; }

    /// <summary>
    /// Forgets the connection in silence: the other carrier runs it. What arrived for it since it was frozen is handed on to the network's other users, where they share
    /// it. In <see cref="System.Net.NetworkInformation.TcpState.CloseWait"/>, <see cref="System.Net.NetworkInformation.TcpState.Closing"/> and
    /// <see cref="System.Net.NetworkInformation.TcpState.LastAck"/> so is the peer's FIN, once more: the kernel cannot be told that it has come, and waits for it.
    /// </summary>
    ValueTask ReleaseAsync();

    /// <summary>Runs on as if nothing had happened.</summary>
    ValueTask ResumeAsync();
}
