using System.Net;
using System.Net.Sockets;

namespace Toe.MoveProbe;

/// <summary>Connections that a socket of .NET accepts, which knows nothing of the stack, and that the stack adopts then.</summary>
internal sealed class AdoptingAcceptor : IAcceptor
{
    private readonly ToeStack _stack;
    private readonly TcpListener _listener;

    public AdoptingAcceptor(ToeStack stack, IPAddress address)
    {
        _stack = stack;
        _listener = new TcpListener(address, 0);
        _listener.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async Task<ToeConnection> AcceptAsync() => await _stack.AdoptAsync(await _listener.AcceptSocketAsync());

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }
}
