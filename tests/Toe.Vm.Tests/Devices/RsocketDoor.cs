using System.Net;
using System.Threading.Channels;
using Toe.Linux;

namespace Toe.Vm.Tests.Devices;

/// <summary>A listening rsocket.</summary>
internal sealed class RsocketDoor : IRsocketListenerEvents, IDisposable
{
    private readonly Channel<RsocketPeer> _accepted = Channel.CreateUnbounded<RsocketPeer>();
    private readonly RsocketListener _listener;

    public RsocketDoor(RsocketEngine engine, IPEndPoint local)
    {
        var listening = RsocketListener.Listen(engine, local, 64, RsocketOptions.Default, this);
        _listener = listening.Value ?? throw new LinuxException("listen", listening.ErrorNumber);
    }

    public IPEndPoint LocalEndPoint => _listener.LocalEndPoint;

    /// <summary>Whom it lets in.</summary>
    public Func<IPEndPoint, bool> Admits { get; init; } = static _ => true;

    public ValueTask<RsocketPeer> AcceptAsync(CancellationToken cancellationToken) => _accepted.Reader.ReadAsync(cancellationToken);

    public bool Admit(IPEndPoint local, IPEndPoint remote) => Admits(remote);

    public IRsocketEvents OnAccepted(Rsocket socket)
    {
        var peer = new RsocketPeer(socket);
        _accepted.Writer.TryWrite(peer);
        return peer;
    }

    public void OnStopped(int errorNumber) => _accepted.Writer.Complete(new LinuxException("the listener", errorNumber));

    public void Dispose() => _listener.Dispose();
}
