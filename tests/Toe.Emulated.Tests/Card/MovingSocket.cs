namespace Toe.Emulated.Tests.Card;

/// <summary>A connection that changes its card as the stack does it: data calls stand still during a move and go on with the new socket.</summary>
internal sealed class MovingSocket(IToeAdapterSocket socket, CardBench.SocketEvents socketEvents)
{
    private readonly Lock _sending = new();
    private readonly Lock _receiving = new();
    private volatile bool _isMoving;

    public IToeAdapterSocket Socket { get; private set; } = socket;

    public CardBench.SocketEvents Events { get; private set; } = socketEvents;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task SendAsync(byte[] bytes)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var sent = 0; sent < bytes.Length;)
        {
            var count = TrySend(bytes.AsSpan(sent));
            sent += count;
            if (count == 0)
                await PauseAsync(started);
        }
    }

    public async Task<byte[]> ReceiveAsync(int size)
    {
        var bytes = new byte[size];
        var started = TimeProvider.System.GetTimestamp();
        for (var received = 0; received < size;)
        {
            var count = TryReceive(bytes.AsSpan(received));
            received += count;
            if (count == 0)
                await PauseAsync(started);
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
        await source.ReleaseAsync();
        await old.DisposeAsync();
    }

    private static Task PauseAsync(long started)
    {
        Assert.True(TimeProvider.System.GetElapsedTime(started) < CardBench.Patience, "The bytes do not come.");
        return Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancel);
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
}
