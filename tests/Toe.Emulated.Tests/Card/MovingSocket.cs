namespace Toe.Emulated.Tests.Card;

/// <summary>A connection that changes its card as the stack does it: data calls stand still during a move and go on with the new socket.</summary>
internal sealed class MovingSocket(IToeAdapterSocket socket, CardBench.SocketEvents socketEvents)
{
    private readonly Lock _sending = new();
    private readonly Lock _receiving = new();
    private volatile bool _isMoving;
    private TaskCompletionSource _moved = NewSignal();

    public IToeAdapterSocket Socket { get; private set; } = socket;

    public CardBench.SocketEvents Events { get; private set; } = socketEvents;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var call = Begin();
            var count = TrySend(bytes.Span);
            bytes = bytes[count..];
            if (count == 0)
                await call.WaitAsync(Readiness.Send);
        }
    }

    public async Task<byte[]> ReceiveAsync(int size)
    {
        var bytes = new byte[size];
        for (var received = 0; received < size;)
        {
            var call = Begin();
            var count = TryReceive(bytes.AsSpan(received));
            received += count;
            if (count == 0)
                await call.WaitAsync(Readiness.Receive);
        }

        return bytes;
    }

    public async Task MoveAsync(EmulatedCard target)
    {
        var events = new CardBench.SocketEvents();
        var prepared = await target.PrepareAsync(new TcpTuple(Socket.LocalEndPoint, Socket.RemoteEndPoint), events, Cancel);
        Assert.True(prepared.Refusal.IsNone, prepared.Refusal.ToString());
        lock (_sending)
        {
            lock (_receiving)
                _isMoving = true;
        }

        var source = await ((IExportsState)Socket).FreezeAsync(Cancel);
        var refusal = await prepared.Place!.ImportAsync(source.State, Cancel);
        Assert.True(refusal.IsNone, refusal.ToString());
        var old = Socket;
        (Socket, Events) = (await prepared.Place.ActivateAsync(), events);
        _isMoving = false;
        Interlocked.Exchange(ref _moved, NewSignal()).SetResult();
        await source.ReleaseAsync();
        await old.DisposeAsync();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What a call that finds nothing to do waits for, as it is before the call.</summary>
    private Call Begin()
    {
        var moved = Volatile.Read(ref _moved).Task; // First: a move that ends now wakes whoever has the old socket.
        return new Call(Socket, Events, moved);
    }

    private int TrySend(ReadOnlySpan<byte> bytes)
    {
        lock (_sending)
        {
            if (_isMoving)
                return 0;
            var status = Socket.TrySend(bytes, out var count);
            Assert.True(status is IoStatus.Done or IoStatus.WouldBlock, status.ToString());
            return count;
        }
    }

    private int TryReceive(Span<byte> bytes)
    {
        lock (_receiving)
        {
            if (_isMoving)
                return 0;
            var status = Socket.TryReceive(bytes, out var count);
            Assert.True(status is IoStatus.Done or IoStatus.WouldBlock, status.ToString());
            return count;
        }
    }

    private readonly record struct Call(IToeAdapterSocket Socket, CardBench.SocketEvents Events, Task Moved)
    {
        public async Task WaitAsync(Readiness what) => await await Task.WhenAny(Events.WaitAsync(Socket, what), Moved);
    }
}
