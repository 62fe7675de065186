using System.Net;

namespace Toe.MoveProbe;

/// <summary>Connections that the stack accepts.</summary>
internal sealed class StackAcceptor : IAcceptor
{
    private readonly ToeListener _listener;

    private StackAcceptor(ToeListener listener) => _listener = listener;

    public int Port => _listener.LocalEndPoint.Port;

    public static async Task<StackAcceptor> ListenAsync(ToeStack stack, IPAddress address) =>
        new(await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(address, 0))));

    public Task<ToeConnection> AcceptAsync() => _listener.AcceptAsync().AsTask();

    public ValueTask DisposeAsync() => _listener.DisposeAsync();
}
