using System.Net.Sockets;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Writes down what a socket's events were.</summary>
internal sealed class RecordingEvents : ITcpSocketEvents
{
    public List<string> Log { get; } = [];

    /// <summary>Beside the log: most tests do not ask for them.</summary>
    public List<TcpAdvisory> Advisories { get; } = [];

    public SocketError? Closed { get; private set; }

    public bool Connected { get; private set; }

    public Action<string>? Then { get; set; }

    public void OnConnected()
    {
        Connected = true;
        Add("connected");
    }

    public void OnReady(Readiness what) => Add($"ready {what}");

    public void OnAdvisory(TcpAdvisory what) => Advisories.Add(what);

    public void OnClosed(SocketError error)
    {
        Assert.Null(Closed);
        Closed = error;
        Add($"closed {error}");
    }

    private void Add(string what)
    {
        Log.Add(what);
        Then?.Invoke(what);
    }
}
