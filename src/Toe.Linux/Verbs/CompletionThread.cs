using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>One thread that waits for the completions of many connections where nobody takes them by himself. It owns the channels; others post to it.</summary>
/// <remarks>
/// A while after a device was asked to tell of completions, the thread looks whether there are any: Soft-iWARP stores a completion and then reads whether somebody wants to be told, without
/// waiting for the store to be seen, while the program stores its wish and then reads; so a notification can be lost just then, and only then (Linux drivers/infiniband/sw/siw,
/// siw_sqe_complete).
/// </remarks>
internal sealed unsafe class CompletionThread : IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LingerInterval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<nint, ICompletionOwner> _owners = new();
    private readonly ConcurrentQueue<ICompletionOwner> _posted = new();
    private readonly Lock _changing = new();
    private readonly List<CompletionChannel> _channels = [];
    private readonly Doorbell _bell = new();
    private readonly ConcurrentQueue<ICompletionOwner> _inDoubt = new();
    private readonly List<ICompletionOwner> _lookedAt = [];         // this thread's, as all that follow
    private readonly HashSet<ICompletionOwner> _lingering = [];
    private PollDescriptor[] _polled = GC.AllocateUninitializedArray<PollDescriptor>(8, pinned: true);
    private CompletionChannel[] _polledChannels = [];
    private int _isWaiting;
    private int _isLookComing;
    private long _lookedSince;
    private bool _hasEnded;             // under the lock
    private volatile bool _isStopping;

    public CompletionThread() => new Thread(Run) { IsBackground = true, Name = "toe-rdma-completions" }.Start();

    /// <summary>Gives a turn to an owner.</summary>
    public void Post(ICompletionOwner owner)
    {
        _posted.Enqueue(owner);
        WakeIfWaiting();
    }

    /// <summary>Completions with a cookie go to an owner from now on.</summary>
    public void Add(nint cookie, ICompletionOwner owner) => _owners[cookie] = owner;

    /// <summary>They go to nobody any more.</summary>
    public void Remove(nint cookie) => _owners.TryRemove(cookie, out _);

    /// <summary>Looks at an owner again a little later. By who takes its completions; cheap.</summary>
    public void Doubt(ICompletionOwner owner)
    {
        if (owner.IsInDoubt)
            return;
        owner.IsInDoubt = true;
        _inDoubt.Enqueue(owner);
        if (Interlocked.Exchange(ref _isLookComing, 1) == 0)
            WakeIfWaiting(); // It waits for ever.
    }

    /// <summary>For the thread itself: asks an owner now and then whether it is done.</summary>
    public void Linger(ICompletionOwner owner) => _lingering.Add(owner);

    /// <summary>The channel of a device, made if need be.</summary>
    /// <returns>Null with the last P/Invoke error where it cannot be made. To be released.</returns>
    public CompletionChannel? Acquire(VerbsContext* context)
    {
        if (TryShare(context, null) is { } shared)
            return shared;
        var made = Ibverbs.ibv_create_comp_channel(context); // Not under the lock: a device can keep it.
        if (made is null)
            return null;
        var channel = new CompletionChannel(context, made);
        _ = Libc.fcntl(channel.Descriptor, Libc.SetFlags, Libc.OpenNonBlocking);
        var used = TryShare(context, channel);
        if (used != channel)
            _ = Ibverbs.ibv_destroy_comp_channel(made); // Another was faster.
        _bell.Ring();
        return used;
    }

    private CompletionChannel? TryShare(VerbsContext* context, CompletionChannel? fresh)
    {
        lock (_changing)
        {
            var channel = _channels.Find(one => one.Context == context);
            if (channel is null && fresh is not null)
                _channels.Add(channel = fresh);
            if (channel is not null)
                channel.Users++;
            return channel;
        }
    }

    /// <summary>Gives a channel back; its queues are destroyed.</summary>
    public void Release(CompletionChannel channel)
    {
        lock (_changing)
        {
            channel.Users--;
            if (_hasEnded)
                DestroyUnused();
        }

        _bell.Ring();
    }

    /// <summary>Ends the thread. Channels in use are closed by who gives them back last.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _bell.Ring();
    }

    private void Run()
    {
        while (!_isStopping || !_owners.IsEmpty) // What was closed before may still be sending its last.
        {
            TakePosted();
            Wait();
            LookAtDoubtful();
            AskLingering();
        }

        lock (_changing)
        {
            _hasEnded = true;
            DestroyUnused();
        }

        _bell.Dispose();
    }

    /// <summary>What was published before is seen by the thread before it waits, or the thread's waiting is seen here.</summary>
    private void WakeIfWaiting()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isWaiting) != 0)
            _bell.Ring();
    }

    private void TakePosted()
    {
        while (_posted.TryDequeue(out var owner))
            owner.TakeCompletions(isTold: false);
    }

    private void Wait()
    {
        var count = ListChannels();
        Volatile.Write(ref _isWaiting, 1);
        Interlocked.MemoryBarrier();
        var wait = _posted.IsEmpty ? NextLook() : TimeSpan.Zero;
        var limit = TimeSpecification.From(wait);
        int ready;
        fixed (PollDescriptor* polled = _polled)
            ready = Libc.ppoll(polled, (nuint)count, wait == Timeout.InfiniteTimeSpan ? null : &limit, null);
        Volatile.Write(ref _isWaiting, 0);
        if (ready <= 0)
            return;
        if (_polled[0].Returned != 0)
            _bell.Answer();
        for (var i = 1; i < count; i++)
        {
            if (_polled[i].Returned == 0)
                continue;
            TakeEvents(_polledChannels[i - 1]);
            _polledChannels[i - 1].IsDead = (_polled[i].Returned & PollDescriptor.Input) == 0; // Its device is gone: it would be ready for ever.
        }
    }

    private int ListChannels()
    {
        lock (_changing)
        {
            DestroyUnused();
            if (!_polledChannels.AsSpan().SequenceEqual(CollectionsMarshal.AsSpan(_channels)))
                _polledChannels = [.. _channels];
            if (_polled.Length <= _channels.Count)
                _polled = GC.AllocateUninitializedArray<PollDescriptor>(2 * (_channels.Count + 1), pinned: true);
        }

        _polled[0] = new PollDescriptor { Descriptor = (int)_bell.Descriptor.DangerousGetHandle(), Events = PollDescriptor.Input };
        for (var i = 0; i < _polledChannels.Length; i++)
            _polled[i + 1] = new PollDescriptor { Descriptor = _polledChannels[i].IsDead ? -1 : _polledChannels[i].Descriptor, Events = PollDescriptor.Input };
        return _polledChannels.Length + 1;
    }

    private void DestroyUnused()
    {
        for (var i = _channels.Count - 1; i >= 0; i--)
        {
            if (_channels[i].Users != 0)
                continue;
            _ = Ibverbs.ibv_destroy_comp_channel(_channels[i].Pointer);
            _channels.RemoveAt(i);
        }
    }

    private void TakeEvents(CompletionChannel channel)
    {
        CompletionQueue* queue;
        nint cookie;
        while (Ibverbs.ibv_get_cq_event(channel.Pointer, &queue, &cookie) == 0)
        {
            if (_owners.TryGetValue(cookie, out var owner))
                owner.TakeCompletions(isTold: true);
            Ibverbs.ibv_ack_cq_events(queue, 1); // Destroying the queue waits for this.
        }
    }

    private TimeSpan NextLook()
    {
        if (Volatile.Read(ref _isLookComing) != 0)
            return LookAgain;
        return _lingering.Count != 0 ? LingerInterval : Timeout.InfiniteTimeSpan;
    }

    /// <summary>Looks at those that were in doubt a whole interval ago; those of since then are next.</summary>
    private void LookAtDoubtful()
    {
        if (Volatile.Read(ref _isLookComing) == 0)
            return;
        var now = TimeProvider.System.GetTimestamp();
        if (_lookedSince != 0 && TimeProvider.System.GetElapsedTime(_lookedSince, now) < LookAgain)
            return;
        foreach (var owner in _lookedAt)
            owner.TakeCompletions(isTold: false);
        _lookedAt.Clear();
        while (_inDoubt.TryDequeue(out var owner))
        {
            owner.IsInDoubt = false; // It may come again meanwhile.
            _lookedAt.Add(owner);
        }

        _lookedSince = _lookedAt.Count == 0 ? 0 : now;
        if (_lookedAt.Count != 0)
            return;
        Volatile.Write(ref _isLookComing, 0);
        Interlocked.MemoryBarrier();
        if (!_inDoubt.IsEmpty)
            Volatile.Write(ref _isLookComing, 1); // One came just now.
    }

    private void AskLingering()
    {
        if (_lingering.Count != 0)
            _lingering.RemoveWhere(static owner => !owner.IsLingering());
    }
}
