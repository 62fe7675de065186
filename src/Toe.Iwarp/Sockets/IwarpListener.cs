using System.Net;
using Toe.Linux;

namespace Toe.Iwarp.Sockets;

/// <summary>Listens by rsockets on some addresses. Owns its rsockets; accepted ones live on.</summary>
internal sealed class IwarpListener : IToeAdapterListener, IRsocketListenerEvents
{
    private readonly RsocketPoller _poller;
    private readonly IAdapterListenerEvents _events;
    private readonly List<(Rsocket Socket, RsocketAcceptance Acceptance)> _doors = []; // one for each address

    private IwarpListener(RsocketPoller poller, IPEndPoint local, IAdapterListenerEvents events)
    {
        _poller = poller;
        _events = events;
        LocalEndPoint = local;
    }

    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Binds and listens.</summary>
    /// <param name="poller">Waits for connections.</param>
    /// <param name="request">What the adapter is asked.</param>
    /// <param name="addresses">The device's addresses that the request speaks of.</param>
    /// <param name="events">Hears of connections.</param>
    public static ListenResult Open(RsocketPoller poller, AdapterListenRequest request, IEnumerable<IPAddress> addresses, IAdapterListenerEvents events)
    {
        var listener = new IwarpListener(poller, request.Local, events);
        IReadOnlyList<ToeReason> downgrades = [];
        foreach (var address in addresses)
        {
            var options = IwarpSocketOptions.Of(request.Options, address.AddressFamily);
            downgrades = options.Downgrades;
            if (listener.Add(new IPEndPoint(address, request.Local.Port), request.Backlog, options.Options) is not { IsNone: false } refusal)
                continue;
            listener.Close();
            return ListenResult.Refused(refusal);
        }

        if (listener._doors.Count == 0)
            return ListenResult.Refused(ToeReasons.RouteLocalAddress.With($"{request.Local.Address} is on none of the device's interfaces"));
        return ListenResult.Listening(listener, downgrades);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private ToeReason Add(IPEndPoint local, int backlog, RsocketOptions options)
    {
        var opened = Rsocket.Open(local.AddressFamily, options);
        if (opened.Value is not { } socket)
            return IwarpErrors.ReasonOf(opened.ErrorNumber, opened.Reason);
        var error = socket.Bind(local);
        if (error == 0)
            error = socket.Listen(backlog);
        if (error == 0)
        {
            _doors.Add((socket, _poller.Accept(socket, this)));
            return ToeReason.None;
        }

        socket.Dispose();
        return IwarpErrors.ReasonOf(error, new LinuxException($"rsocket on {local}", error).Message);
    }

    private void Close()
    {
        foreach (var (socket, acceptance) in _doors)
        {
            acceptance.Dispose();
            socket.Dispose();
        }
    }

    /// <inheritdoc/>
    public void OnAccepted(Rsocket socket)
    {
        var accepted = IwarpSocket.Accepted(_poller, socket);
        _events.OnAccepted(accepted, new IncomingConnection(accepted.LocalEndPoint, accepted.RemoteEndPoint), out var events);
        accepted.Bind(events);
    }

    /// <inheritdoc/>
    public void OnStopped(int errorNumber, string text) => _events.OnStopped(IwarpErrors.ReasonOf(errorNumber, text)); // The stack asks again, after a pause.
}
