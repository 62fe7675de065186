using System.Collections.Concurrent;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Throughput.Engine;

/// <summary>An engine on a link, on a thread of its own that sleeps in the link: the only place here that passes packets between the two.</summary>
internal sealed class EngineLoop : ITcpEngineHost, IDisposable
{
    private const int BatchSize = 64;

    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly ILink _link;
    private readonly TcpEngine _engine;
    private readonly ConcurrentQueue<Action<TcpEngine>> _work = new();
    private readonly byte[] _packet;
    private readonly long _start = Time.GetTimestamp();
    private readonly Thread _thread;
    private volatile bool _stopped;

    /// <summary>Starts.</summary>
    /// <param name="link">The link; disposed with the loop.</param>
    /// <param name="options">The engine's settings; packets and offloads are the link's.</param>
    /// <param name="cpu">The CPU that the thread stays on; null for any.</param>
    public EngineLoop(ILink link, TcpEngineOptions options, int? cpu)
    {
        _link = link;
        options.MaximumTransmissionUnit = link.Mtu;
        options.ChecksumOffload = link.Offloads.Checksum;
        options.SegmentationLimit = link.Offloads.MaximumPacket > link.Mtu ? link.Offloads.MaximumPacket : 0;
        _engine = new TcpEngine(options, this);
        _packet = GC.AllocateUninitializedArray<byte>(link.Offloads.MaximumPacket, pinned: true);
        _thread = Threads.Start("engine", () => Run(cpu));
    }

    public TcpEngineStatistics Statistics => _engine.Statistics;

    public LinkStatistics LinkStatistics => _link.Statistics;

    /// <summary>Does something on the engine's thread, and waits until it is done.</summary>
    public T Invoke<T>(Func<TcpEngine, T> work)
    {
        var done = new TaskCompletionSource<T>();
        _work.Enqueue(engine => done.SetResult(work(engine)));
        Wake();
        return done.Task.GetAwaiter().GetResult();
    }

    public void Send(in OutgoingPacket packet) => _link.Send(packet);

    public void Wake() => _link.Wake();

    public void Dispose()
    {
        _stopped = true;
        Wake();
        _thread.Join();
        _link.Dispose();
    }

    private void Run(int? cpu)
    {
        if (cpu is { } number)
            Threads.Pin(number);
        while (!_stopped)
        {
            while (_work.TryDequeue(out var work))
                work(_engine);
            if (!Turn())
                Sleep();
        }
    }

    private bool Turn()
    {
        var now = Time.GetElapsedTime(_start);
        var received = 0;
        for (; received < BatchSize && _link.TryReceive(_packet, out var packet); received++)
            _engine.Receive(packet.Bytes, now, packet.ChecksumIsVerified, othersFollow: received > 0);
        _engine.Advance(now);
        return received == BatchSize;
    }

    private void Sleep()
    {
        var left = _engine.NextWakeUp is { } at ? at - Time.GetElapsedTime(_start) : Timeout.InfiniteTimeSpan;
        if (left != TimeSpan.Zero)
            _link.Wait(left < TimeSpan.Zero && left != Timeout.InfiniteTimeSpan ? TimeSpan.Zero : left);
    }
}
