using System.Net;

namespace Toe.Emulated.Tcp;

/// <summary>The application's side of one connection. Any thread, one caller per direction.</summary>
public sealed class TcpSocket
{
    internal TcpSocket() => throw new NotImplementedException();

    /// <summary>The local endpoint.</summary>
    public IPEndPoint LocalEndPoint => throw new NotImplementedException();

    /// <summary>The remote endpoint.</summary>
    public IPEndPoint RemoteEndPoint => throw new NotImplementedException();

    /// <summary>The state.</summary>
    public TcpState State => throw new NotImplementedException();

    /// <summary>Receives.</summary>
    public IoStatus TryReceive(Span<byte> buffer, out int bytes) => throw new NotImplementedException();

    /// <summary>Sends.</summary>
    public IoStatus TrySend(ReadOnlySpan<byte> buffer, out int bytes) => throw new NotImplementedException();

    /// <summary>Finishes sending: FIN behind what was sent.</summary>
    public IoStatus TryCompleteSending() => throw new NotImplementedException();

    /// <summary>Asks for one <see cref="ITcpSocketEvents.OnReady"/>.</summary>
    public void Arm(Readiness interest) => throw new NotImplementedException();

    /// <summary>The application is done.</summary>
    public void Close() => throw new NotImplementedException();

    /// <summary>RST.</summary>
    public void Abort() => throw new NotImplementedException();

    /// <summary>A snapshot.</summary>
    public TcpSocketInfo GetInfo() => throw new NotImplementedException();

    /// <summary>Switches Nagle's algorithm off. Any thread, takes effect with the next send.</summary>
    public bool NoDelay { get => throw new NotImplementedException(); set => throw new NotImplementedException(); }
}
