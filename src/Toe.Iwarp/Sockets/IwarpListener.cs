using System.Net;
using Toe.Linux;

namespace Toe.Iwarp.Sockets;

/// <summary>Listens by rsockets on some addresses. Owns its rsockets; accepted ones live on.</summary>
internal sealed class IwarpListener : IToeAdapterListener, IRsocketListenerEvents
{
    private readonly IAdapterListenerEvents _events;
    private readonly List<RsocketListener> _doors = []; // one for each address

    private IwarpListener(IPEndPoint local, IAdapterListenerEvents events)
    {
        _events = events;
        LocalEndPoint = local;
    }

    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint { get; private set; }

    /// <summary>Binds and listens.</summary>
    /// <param name="engine">Carries the rsockets.</param>
    /// <param name="request">What the adapter is asked.</param>
    /// <param name="addresses">The device's addresses that the request speaks of.</param>
    /// <param name="events">Hears of connections.</param>
    public static ListenResult Open(RsocketEngine engine, AdapterListenRequest request, IEnumerable<IPAddress> addresses, IAdapterListenerEvents events)
    {
        var listener = new IwarpListener(request.Local, events);
        var options = IwarpSocketOptions.Of(request.Options);
        foreach (var address in addresses)
        {
            var opened = RsocketListener.Listen(engine, new IPEndPoint(address, listener.LocalEndPoint.Port), request.Backlog, options.Options, listener);
            if (opened.Value is { } door)
            {
                listener._doors.Add(door);
                listener.LocalEndPoint = new IPEndPoint(request.Local.Address, door.LocalEndPoint.Port); // Where the port was left open the first one chose it for all.
                continue;
            }

            listener.Close();
            return ListenResult.Refused(IwarpErrors.ReasonOf(opened.ErrorNumber, opened.Reason));
        }

        if (listener._doors.Count == 0)
            return ListenResult.Refused(ToeReasons.RouteLocalAddress.With($"{request.Local.Address} is on none of the device's interfaces"));
        return ListenResult.Listening(listener, options.Downgrades);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Close(); // All at once.
        foreach (var door in _doors)
            await door.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public bool Admit(IPEndPoint local, IPEndPoint remote) => _events.Admit(new IncomingConnection(local, remote), out _);

    /// <inheritdoc/>
    public IRsocketEvents OnAccepted(Rsocket socket)
    {
        var accepted = IwarpSocket.Accepted(socket);
        _events.OnAccepted(accepted, new IncomingConnection(accepted.LocalEndPoint, accepted.RemoteEndPoint), out var events);
        accepted.Hear(events);
        return accepted;
    }

    /// <inheritdoc/>
    public void OnStopped(int errorNumber) => _events.OnStopped(IwarpErrors.ReasonOf(errorNumber, "the device is being taken away")); // The stack asks again when it is back.

    private void Close()
    {
        foreach (var door in _doors)
            door.Dispose();
    }
}
