using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Toe.Connections;

/// <summary>The sending end of a connection's pipe: a peer that is gone is told by <see cref="FlushResult.IsCompleted"/>, as a pipe tells that nobody reads, and not by an exception. What befell an adapter stays one.</summary>
internal sealed class ConnectionPipeWriter(PipeWriter inner) : PipeWriter
{
    private static readonly FlushResult Gone = new(isCanceled: false, isCompleted: true);

    private bool _isPeerGone;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_isPeerGone)
            return new ValueTask<FlushResult>(Gone);
        var flushing = inner.FlushAsync(cancellationToken);
        return flushing.IsCompletedSuccessfully ? flushing : Await(flushing);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_isPeerGone)
            return new ValueTask<FlushResult>(Gone); // Nothing piles up for nobody.
        var writing = inner.WriteAsync(source, cancellationToken);
        return writing.IsCompletedSuccessfully ? writing : Await(writing);
    }

    public override void Complete(Exception? exception = null)
    {
        try
        {
            inner.Complete(exception);
        }
        catch (IOException failure) when (IsGone(failure))
        {
            // What was not flushed has nobody left to read it.
        }
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        try
        {
            await inner.CompleteAsync(exception).ConfigureAwait(false);
        }
        catch (IOException failure) when (IsGone(failure))
        {
            // What was not flushed has nobody left to read it.
        }
    }

    private static bool IsGone(IOException failure) => failure.InnerException is SocketException
    {
        SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted or SocketError.TimedOut,
    } and not ToeConnectionLostException;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> Await(ValueTask<FlushResult> flushing)
    {
        try
        {
            return await flushing.ConfigureAwait(false);
        }
        catch (IOException failure) when (IsGone(failure))
        {
            _isPeerGone = true;
            return Gone;
        }
    }
}
