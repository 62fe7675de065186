using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>Calls a <see cref="RemotePeerServer"/>. Any number of calls may be under way.</summary>
internal sealed class RemotePeerClient : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2); // For the answer to a call that was cancelled.

    private readonly RemoteWire _wire;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<RemoteFrame>> _calls = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _reading;
    private int _numbers;
    private volatile bool _isLost;

    public RemotePeerClient(RemoteWire wire)
    {
        _wire = wire;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Calls, and waits for the answer; behind a cancellation only for a moment.</summary>
    /// <exception cref="SocketException">The call ended with it, over there.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ConformancePeerException">The other machine does not answer any more, or not as it should.</exception>
    public async Task<RemoteFrame> CallAsync(RemoteCall call, byte[] payload, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var number = Interlocked.Increment(ref _numbers);
        var answered = new TaskCompletionSource<RemoteFrame>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[number] = answered;
        try
        {
            if (_isLost)
                throw Lost();
            await _wire.WriteAsync(new RemoteFrame(number, (byte)call, payload));
            await using var cancelling = cancellationToken.Register(() => _ = CancelAsync(number, answered, cancellationToken));
            return Read(await answered.Task, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw Lost();
        }
        finally
        {
            _calls.TryRemove(number, out _);
        }
    }

    /// <summary>Calls at an end, where nobody cancels and nobody wants to hear what goes wrong.</summary>
    public async Task EndAsync(RemoteCall call, byte[] payload)
    {
        using var patience = new CancellationTokenSource(Grace, TimeProvider.System);
        try
        {
            await CallAsync(call, payload, patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ConformancePeerException or SocketException)
        {
            // Gone with the connection to the machine, or with the connection itself.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _wire.Dispose();
        await _reading;
        _closing.Dispose();
    }

    private static ConformancePeerException Lost() => new("The connection to the peer's machine is lost.");

    private static RemoteFrame Read(RemoteFrame answer, CancellationToken cancellationToken)
    {
        using var reader = answer.Read();
        return (RemoteAnswer)answer.Kind switch
        {
            RemoteAnswer.Done => answer,
            RemoteAnswer.SocketFault => throw new SocketException(reader.ReadInt32()),
            RemoteAnswer.Cancelled => throw new OperationCanceledException(cancellationToken),
            RemoteAnswer.Fault => throw new ConformancePeerException($"The peer's machine says: {reader.ReadString()}"),
            _ => throw new ConformancePeerException($"The peer's machine answers with {answer.Kind}."),
        };
    }

    private async Task CancelAsync(int number, TaskCompletionSource<RemoteFrame> answered, CancellationToken cancellationToken)
    {
        try
        {
            await _wire.WriteAsync(new RemoteFrame(number, (byte)RemoteCall.Cancel, [])).WaitAsync(Grace, TimeProvider.System, CancellationToken.None);
            await answered.Task.WaitAsync(Grace, TimeProvider.System, CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or TimeoutException or ConformancePeerException)
        {
            answered.TrySetCanceled(cancellationToken);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _wire.ReadAsync(_closing.Token) is { } answer)
            {
                if (_calls.TryGetValue(answer.Number, out var call))
                    call.TrySetResult(answer);
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Told to every caller, below.
        }

        _isLost = true; // First: a call that begins now sees it, or is among those below.
        foreach (var call in _calls.Values)
            call.TrySetException(Lost());
    }
}
