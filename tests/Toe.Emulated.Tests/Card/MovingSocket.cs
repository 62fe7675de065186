namespace Toe.Emulated.Tests.Card;

/// <summary>A connection that changes its card as the stack does it: data calls stand still during a move and go on with the new socket.</summary>
internal sealed class MovingSocket(IToeAdapterSocket socket, CardBench.SocketEvents events)
{
    private readonly SemaphoreSlim _sending = new(1);
    private readonly SemaphoreSlim _receiving = new(1);

    public IToeAdapterSocket Socket { get; private set; } = socket;

    public CardBench.SocketEvents Events { get; private set; } = events;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task SendAsync(byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            int count;
            await _sending.WaitAsync(Cancel);
            try
            {
                var status = Socket.TrySend(bytes.AsSpan(sent), out count);
                Assert.True(status is IoStatus.Done or IoStatus.WouldBlock, status.ToString());
                sent += count;
            }
            finally
            {
                _sending.Release();
            }

            if (count == 0)
                await Task.Delay(1, Cancel);
        }
    }

    public async Task<byte[]> ReceiveAsync(int size)
    {
        var bytes = new byte[size];
        for (var received = 0; received < size;)
        {
            int count;
            await _receiving.WaitAsync(Cancel);
            try
            {
                var status = Socket.TryReceive(bytes.AsSpan(received), out count);
                Assert.True(status is IoStatus.Done or IoStatus.WouldBlock, status.ToString());
                received += count;
            }
            finally
            {
                _receiving.Release();
            }

            if (count == 0)
                await Task.Delay(1, Cancel);
        }

        return bytes;
    }

    public async Task MoveAsync(EmulatedCard target)
    {
        var events = new CardBench.SocketEvents();
        var prepared = await target.PrepareAsync(new TcpTuple(Socket.LocalEndPoint, Socket.RemoteEndPoint), events, Cancel);
        Assert.True(prepared.Refusal.IsNone, prepared.Refusal.ToString());
        await _sending.WaitAsync(Cancel);
        await _receiving.WaitAsync(Cancel);
        try
        {
            var source = await ((IExportsState)Socket).FreezeAsync(Cancel);
            var refusal = await prepared.Place!.ImportAsync(source.State, Cancel);
            Assert.True(refusal.IsNone, refusal.ToString());
            var old = Socket;
            (Socket, Events) = (await prepared.Place.ActivateAsync(), events);
            await source.ReleaseAsync();
            await old.DisposeAsync();
        }
        finally
        {
            _sending.Release();
            _receiving.Release();
        }
    }
}
