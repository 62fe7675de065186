using System.Net;

namespace Toe.Emulated.Tcp;

/// <summary>TCP as a pure state machine: IP packets and time go in, IP packets and a wake-up time come out.</summary>
public sealed class TcpEngine
{
    /// <summary>Makes an engine.</summary>
    public TcpEngine(TcpEngineOptions options, ITcpEngineHost host) => throw new NotImplementedException();

    /// <summary>Counters.</summary>
    public TcpEngineStatistics Statistics => throw new NotImplementedException();

    /// <summary>When <see cref="Advance"/> is due, or null.</summary>
    public TimeSpan? NextWakeUp => throw new NotImplementedException();

    /// <summary>Takes one IP packet.</summary>
    public void Receive(ReadOnlySpan<byte> ipPacket, TimeSpan now) => throw new NotImplementedException();

    /// <summary>Does queued work and due timers.</summary>
    public void Advance(TimeSpan now) => throw new NotImplementedException();

    /// <summary>Begins an active open.</summary>
    public TcpSocket Connect(IPEndPoint local, IPEndPoint remote, TcpSocketOptions options, ITcpSocketEvents events) =>
        throw new NotImplementedException();

    /// <summary>Begins a passive open.</summary>
    public TcpListener Listen(IPEndPoint local, int backlog, TcpSocketOptions options, ITcpListenerEvents events) =>
        throw new NotImplementedException();

    internal void StopListening(TcpListener listener) => throw new NotImplementedException();
}
