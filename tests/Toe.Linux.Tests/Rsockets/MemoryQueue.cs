namespace Toe.Linux.Tests.Rsockets;

/// <summary>One end of a device that works when it is told to: requests are done in the order in which they were posted, and their completions come later still.</summary>
internal sealed unsafe class MemoryQueue : IRsocketQueue, IDisposable
{
    public const uint Key = 77;

    private readonly Lock _lock = new();
    private readonly Queue<Action> _posted = new();
    private readonly Queue<RequestTag> _done = new();
    private readonly Queue<int> _slots = new();
    private MemoryQueue _peer = null!;

    private MemoryQueue(int credits, int slots, int sendSize, int receiveSize, int dataRequests)
    {
        Buffers = new RsocketBuffers(sendSize, receiveSize, slots);
        Stream = new RsocketStream(Buffers, (ushort)credits, dataRequests);
        for (var slot = 0; slot < slots; slot++)
            _slots.Enqueue(slot);
        Room = (2 * dataRequests) + RsocketStream.ControlRequests;
    }

    public RsocketBuffers Buffers { get; }

    public RsocketStream Stream { get; }

    /// <summary>Requests that the send queue has room for.</summary>
    private int Room { get; }

    private int Used { get; set; }

    /// <summary>Two ends that are connected. By default as librdmacm makes them: without a slot more than there are credits.</summary>
    public static (MemoryQueue Active, MemoryQueue Passive) Connect(int credits, int? slots = null, int size = 16384, int dataRequests = 8)
    {
        var active = new MemoryQueue(credits, slots ?? credits, size, size, dataRequests);
        var passive = new MemoryQueue(credits, slots ?? credits, size, size, dataRequests);
        (active._peer, passive._peer) = (passive, active);
        passive.Stream.Start(passive, Greet(active), Key, isPassive: true);
        active.Stream.Start(active, Greet(passive), Key, isPassive: false);
        return (active, passive);
    }

    /// <summary>Does the next request.</summary>
    /// <returns>False when there is none.</returns>
    public bool Work()
    {
        Action? next;
        lock (_lock)
            _posted.TryDequeue(out next);
        next?.Invoke();
        return next is not null;
    }

    /// <summary>Tells of the next request that was done.</summary>
    /// <returns>False when there is none.</returns>
    public bool Complete()
    {
        RequestTag tag;
        lock (_lock)
        {
            if (!_done.TryDequeue(out tag))
                return false;
            Used -= Requests(tag);
        }

        Stream.Complete(tag);
        return true;
    }

    public int PostData(int offset, RemoteMemory target, RsocketMessage message, RequestTag tag) => Post(tag, () =>
    {
        _peer.Write(new ReadOnlySpan<byte>(Buffers.SendRing + offset, (int)target.Length), target.Address, target.Key);
        Deliver(message, tag);
    });

    public int PostWindow(RemoteMemory window, ulong address, uint key, RsocketMessage message, RequestTag tag) => Post(tag, () =>
    {
        var copy = window;
        _peer.Write(new ReadOnlySpan<byte>(&copy, RemoteMemory.Size), address, key);
        Deliver(message, tag);
    });

    public int PostMessage(RsocketMessage message, RequestTag tag) => Post(tag, () => Deliver(message, tag));

    public int PostNothing(RequestTag tag) => Post(tag, () => Finish(tag));

    public int PostReceive(int slot)
    {
        lock (_lock)
            _slots.Enqueue(slot);
        return 0;
    }

    public void Dispose() => Buffers.Dispose();

    /// <summary>What a peer would say, through the bytes that it would say it in.</summary>
    private static RsocketGreeting Greet(MemoryQueue end)
    {
        Span<byte> bytes = stackalloc byte[RsocketGreeting.Size];
        end.Stream.Greeting(Key).Write(bytes);
        Assert.True(RsocketGreeting.TryParse(bytes, out var greeting));
        return greeting;
    }

    private static int Requests(RequestTag tag) => tag.IsControl ? tag.Value : 2;

    private int Post(RequestTag tag, Action work)
    {
        lock (_lock)
        {
            Used += Requests(tag);
            Assert.True(Used <= Room, "the send queue is full");
            _posted.Enqueue(work);
        }

        return 0;
    }

    private void Write(ReadOnlySpan<byte> bytes, ulong address, uint key)
    {
        Assert.Equal(Key, key);
        var offset = (long)address - (long)Buffers.ReceiveRing;
        Assert.InRange(offset, 0, Buffers.WritableSize - bytes.Length);
        bytes.CopyTo(new Span<byte>(Buffers.ReceiveRing + offset, bytes.Length));
    }

    private void Deliver(RsocketMessage message, RequestTag tag)
    {
        int slot;
        lock (_peer._lock)
            Assert.True(_peer._slots.TryDequeue(out slot), "no buffer for a message, which ends an iWARP connection");
        _peer.Buffers.Messages[slot] = message.Bits;
        Finish(tag);
        _peer.Stream.Arrive(slot, RsocketMessage.Size);
    }

    private void Finish(RequestTag tag)
    {
        lock (_lock)
            _done.Enqueue(tag);
    }
}
