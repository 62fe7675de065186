using Toe.Emulated.Links;
using Toe.Linux;

namespace Toe.Bench;

/// <summary>One direction of a line with faults between two TAP devices, in real time, on a thread of its own.</summary>
internal sealed class FaultyLine
{
    private const int LargestFrame = 2048; // An MTU of 1500 and the Ethernet header.

    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly TapDevice _from;
    private readonly TapDevice _to;
    private readonly FaultInjector _injector;
    private readonly byte[] _frame = new byte[LargestFrame];
    private readonly long _start = Time.GetTimestamp();
    private LinkFaults? _next;

    private FaultyLine(TapDevice from, TapDevice to, LinkFaults faults)
    {
        (_from, _to, _injector) = (from, to, new FaultInjector(faults));
        new Thread(Run) { IsBackground = true, Name = "line" }.Start();
    }

    /// <summary>Joins two devices, both ways.</summary>
    /// <returns>Begins the faults of a seed.</returns>
    public static Action<long> Join(TapDevice near, TapDevice far, LinkFaults faults)
    {
        FaultyLine[] lines = [new(near, far, faults), new(far, near, faults)];
        return seed => Array.ForEach(lines, line => line.Begin(faults with { Seed = seed }));
    }

    private void Begin(LinkFaults faults)
    {
        Volatile.Write(ref _next, faults);
        _from.Wake();
    }

    private void Run()
    {
        while (true)
        {
            if (Interlocked.Exchange(ref _next, null) is { } faults)
                _injector.Faults = faults;
            var now = Time.GetElapsedTime(_start);
            while (_from.TryRead(_frame, out var bytes) == TapStatus.Done)
                _injector.Send(_frame.AsSpan(0, bytes), now);
            while (_injector.TryTake(now, _frame, out var bytes))
                _to.TryWrite(_frame.AsSpan(0, bytes));
            var left = _injector.NextDelivery is { } due ? due - Time.GetElapsedTime(_start) : Timeout.InfiniteTimeSpan;
            _from.Wait(left < TimeSpan.Zero && left != Timeout.InfiniteTimeSpan ? TimeSpan.Zero : left);
        }
    }
}
