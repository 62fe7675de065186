using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>Calls a <see cref="RemotePeerServer"/>. Any number of calls may be under way.</summary>
internal sealed class RemotePeerClient : IAsyncDisposable
{
    private readonly RemoteWire _wire;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<RemoteFrame>> _calls = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _reading;
    private int _numbers;

    public RemotePeerClient(RemoteWire wire)
    {
        _wire = wire;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Calls, and waits for the answer.</summary>
    /// <exception cref="SocketException">The call ended with it, over there.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="IOException">The other machine does not answer any more, or not as it should.</exception>
    public async Task<RemoteFrame> CallAsync(RemoteCall call, byte[] payload, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var number = Interlocked.Increment(ref _numbers);
        var answered = new TaskCompletionSource<RemoteFrame>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[number] = answered;
        if (_reading.IsCompleted)
            answered.TrySetException(Lost());
        else
            await _wire.WriteAsync(new RemoteFrame(number, (byte)call, payload));
        await using var cancelling = cancellationToken.Register(() => _ = CancelAsync(number));
        var answer = await answered.Task;
        using var reader = answer.Read();
        return (RemoteAnswer)answer.Kind switch
        {
            RemoteAnswer.Done => answer,
            RemoteAnswer.SocketFault => throw new SocketException(reader.ReadInt32()),
            RemoteAnswer.Cancelled => throw new OperationCanceledException(cancellationToken),
            RemoteAnswer.Fault => throw new IOException($"The peer's machine says: {reader.ReadString()}"),
            _ => throw new IOException($"The peer's machine answers with {answer.Kind}."),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _wire.Dispose();
        await _reading;
        _closing.Dispose();
    }

    private static IOException Lost() => new("The connection to the peer's machine is lost.");

    private async Task CancelAsync(int number)
    {
        try
        {
            await _wire.WriteAsync(new RemoteFrame(number, (byte)RemoteCall.Cancel, []));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _wire.ReadAsync(_closing.Token) is { } answer)
            {
                if (_calls.TryRemove(answer.Number, out var call))
                    call.TrySetResult(answer);
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Told to every caller, below.
        }

        foreach (var call in _calls.Values)
            call.TrySetException(Lost());
    }
}
