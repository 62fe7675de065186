using System.Net.Sockets;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Lets a thread wait for readiness.</summary>
internal sealed class SignalEvents : ITcpSocketEvents
{
    public AutoResetEvent Receive { get; } = new(false);

    public AutoResetEvent Send { get; } = new(false);

    public void OnConnected()
    {
    }

    public void OnReady(Readiness what)
    {
        if ((what & Readiness.Receive) != Readiness.None) Receive.Set();
        if ((what & Readiness.Send) != Readiness.None) Send.Set();
    }

    public void OnClosed(SocketError error)
    {
    }
}
