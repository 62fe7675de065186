using System.Net;
using System.Threading.Channels;
using Toe.Linux;

namespace Toe.Vm.Tests.Devices;

/// <summary>A listening rsocket.</summary>
internal sealed class RsocketDoor : IRsocketListenerEvents, IDisposable
{
    private readonly Channel<RsocketPeer> _accepted = Channel.CreateUnbounded<RsocketPeer>();
    private readonly RsocketPoller _poller;
    private readonly Rsocket _socket;
    private readonly RsocketAcceptance _acceptance;

    public RsocketDoor(RsocketPoller poller, IPEndPoint local)
    {
        _poller = poller;
        _socket = RsocketPeer.Open();
        RsocketPeer.Demand("bind", _socket.Bind(local));
        RsocketPeer.Demand("listen", _socket.Listen(64));
        _acceptance = poller.Accept(_socket, this);
    }

    public IPEndPoint LocalEndPoint => _socket.LocalEndPoint;

    public ValueTask<RsocketPeer> AcceptAsync(CancellationToken cancellationToken) => _accepted.Reader.ReadAsync(cancellationToken);

    public void OnAccepted(Rsocket socket) => _accepted.Writer.TryWrite(new RsocketPeer(_poller, socket));

    public void OnStopped(int errorNumber, string text) => _accepted.Writer.Complete(new GuestFailureException(text));

    public void Dispose()
    {
        _acceptance.Dispose();
        _socket.Dispose();
    }
}
