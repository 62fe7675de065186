using System.IO.Pipelines;

namespace Toe.Connections;

/// <summary>A connection as a duplex pipe. Completing the writer sends FIN; completing both ends disposes the connection.</summary>
internal sealed class ConnectionPipe : IDuplexPipe
{
    private readonly ToeConnection _connection;
    private int _openEnds = 2;

    public ConnectionPipe(ToeConnection connection)
    {
        _connection = connection;
        var stream = connection.AsStream();
        Input = PipeReader.Create(new PipeEndStream(stream, CompleteInputAsync));
        Output = new ConnectionPipeWriter(PipeWriter.Create(new PipeEndStream(stream, CompleteOutputAsync)));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    private ValueTask CompleteInputAsync() => CloseEndAsync();

    private async ValueTask CompleteOutputAsync()
    {
        try
        {
            await _connection.CompleteSendingAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection ended before its sending side was completed: there is nobody left to tell.
        }

        await CloseEndAsync().ConfigureAwait(false);
    }

    private ValueTask CloseEndAsync() =>
        Interlocked.Decrement(ref _openEnds) == 0 ? _connection.DisposeAsync() : ValueTask.CompletedTask;
}
