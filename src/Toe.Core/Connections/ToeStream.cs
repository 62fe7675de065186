using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Toe.Connections;

/// <summary>A connection as a stream, with <see cref="NetworkStream"/>'s behaviour: errors are <see cref="IOException"/> around the <see cref="SocketException"/>; time-outs bound the synchronous calls only.</summary>
internal sealed class ToeStream(ToeConnection connection) : Stream
{
    private int _readTimeout = Timeout.Infinite;
    private int _writeTimeout = Timeout.Infinite;
    private volatile bool _disposed;

    public override bool CanRead => !_disposed;

    public override bool CanWrite => !_disposed;

    public override bool CanSeek => false;

    public override bool CanTimeout => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int ReadTimeout
    {
        get => _readTimeout;
        set => _readTimeout = CheckedTimeout(value);
    }

    public override int WriteTimeout
    {
        get => _writeTimeout;
        set => _writeTimeout = CheckedTimeout(value);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        var receiving = connection.ReceiveAsync(buffer, cancellationToken);
        return receiving.IsCompletedSuccessfully ? receiving : AwaitReadAsync(receiving);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        var sending = connection.SendAsync(buffer, cancellationToken);
        return sending.IsCompletedSuccessfully ? sending : AwaitWriteAsync(sending);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return RunBounded(_readTimeout, token => ReadAsync(buffer.AsMemory(offset, count), token).AsTask());
    }

    public override int Read(Span<byte> buffer)
    {
        var copy = System.Buffers.ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            var length = buffer.Length;
            var read = RunBounded(_readTimeout, token => ReadAsync(copy.AsMemory(0, length), token).AsTask());
            copy.AsSpan(0, read).CopyTo(buffer);
            return read;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(copy);
        }
    }

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        RunBounded(_writeTimeout, async token =>
        {
            await WriteAsync(buffer.AsMemory(offset, count), token).ConfigureAwait(false);
            return 0;
        });
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var copy = System.Buffers.ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            buffer.CopyTo(copy);
            Write(copy, 0, buffer.Length);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(copy);
        }
    }

    public override void WriteByte(byte value) => Write([value]);

    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    public override void Flush() => ObjectDisposedException.ThrowIf(_disposed, this);

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        _disposed = true;
        await connection.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            connection.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }

    private static int CheckedTimeout(int milliseconds) => milliseconds is > 0 or Timeout.Infinite
        ? milliseconds
        : throw new ArgumentOutOfRangeException(nameof(milliseconds), milliseconds, "A time-out is positive, or Timeout.Infinite.");

    private static int RunBounded(int milliseconds, Func<CancellationToken, Task<int>> call)
    {
        if (milliseconds == Timeout.Infinite)
            return call(CancellationToken.None).GetAwaiter().GetResult();
        using var timeout = new CancellationTokenSource(milliseconds);
        try
        {
            return call(timeout.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw Wrap(new SocketException((int)SocketError.TimedOut));
        }
    }

    private static IOException Wrap(SocketException exception) => new(exception.Message, exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<int> AwaitReadAsync(ValueTask<int> receiving)
    {
        try
        {
            return await receiving.ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw Wrap(exception);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask AwaitWriteAsync(ValueTask sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw Wrap(exception);
        }
    }
}
