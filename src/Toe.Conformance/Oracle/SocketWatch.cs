using System.Collections.Concurrent;

namespace Toe.Conformance;

/// <summary>Looks at sockets again and again, a thousand times a second: simple is what an oracle has to be.</summary>
internal sealed class SocketWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentDictionary<HostSocket, bool> _sockets = new();
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stopped = new();

    public SocketWatch()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "toe host sockets" };
        _thread.Start();
    }

    public void Add(HostSocket socket) => _sockets[socket] = true;

    public void Remove(HostSocket socket) => _sockets.TryRemove(socket, out _);

    public void Dispose()
    {
        _stopped.Set(); // Its wait handle is never asked for: there is nothing to dispose.
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    private void Run()
    {
        while (!_stopped.Wait(Interval))
        {
            foreach (var socket in _sockets.Keys)
                socket.Look();
        }
    }
}
