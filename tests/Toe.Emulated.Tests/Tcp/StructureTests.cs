using System.Collections.Concurrent;
using CsCheck;
using Toe.Emulated.Tcp;
using Toe.Emulated.Tcp.Recovery;
using Toe.Testing;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>The engine's containers against simple models.</summary>
public sealed class StructureTests
{
    [Fact]
    public void ByteRing_IsAPipe() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[-40, 40].Array[1, 200]).Sample((capacity, steps) =>
        {
            var ring = new ByteRing(capacity, new SlabPool(long.MaxValue, slabSize: 16));
            var model = new Queue<byte>();
            byte next = 0;
            foreach (var step in steps)
            {
                if (step >= 0)
                {
                    var bytes = new byte[step];
                    for (var i = 0; i < step; i++) bytes[i] = next++;
                    var written = ring.Write(bytes);
                    Assert.Equal(Math.Min(step, ring.Capacity - model.Count), written);
                    next -= (byte)(step - written);
                    foreach (var b in bytes.AsSpan(0, written)) model.Enqueue(b);
                }
                else
                {
                    var bytes = new byte[-step];
                    var read = ring.Read(bytes);
                    Assert.Equal(Math.Min(-step, model.Count), read);
                    foreach (var b in bytes.AsSpan(0, read)) Assert.Equal(model.Dequeue(), b);
                }
                Assert.Equal((model.Count, ring.Capacity - model.Count), (ring.Count, ring.Free));
            }
        }, iter: 5_000);

    [Fact]
    public void Reassembly_AgreesWithAMapOfBytes() =>
        Gen.Select(Gen.Int[0, 250], Gen.Int[1, 60]).Array[1, 60].Sample(pieces =>
        {
            var ring = new ByteRing(512, new SlabPool(long.MaxValue, slabSize: 64));
            var reassembly = new Reassembly();
            var model = new byte?[512];
            byte copy = 0;
            foreach (var (start, length) in pieces)
            {
                copy++;
                var bytes = Enumerable.Repeat(copy, length).ToArray();
                ring.Reserve(0, 512);
                Assert.True(reassembly.Insert(ring, start, bytes, out _));
                for (var i = start; i < start + length; i++) model[i] ??= copy;
                Assert.Equal(model.Count(b => b is not null), reassembly.Bytes);
            }
            var gap = Array.FindIndex(model, b => b is null);
            Assert.Equal(gap, reassembly.Advance(0));
            var stored = new byte[512];
            ring.Peek(0, stored);
            for (var i = 0; i < 512; i++) if (model[i] is { } expected) Assert.Equal(expected, stored[i]);
        }, iter: 5_000);

    /// <summary>Deadlines from the same step to years away, moved and disarmed while time goes on in steps as different.</summary>
    [Fact]
    public void TimerWheel_GivesNodesInOrderWhateverWasMoved() =>
        Gen.Select(Gen.Int[0, 49], Gen.Int[-1, 100], Gen.Int[0, 54], Gen.Int[0, 3]).Array[1, 200].Sample(moves =>
        {
            var wheel = new TimerWheel();
            var nodes = Enumerable.Range(0, 50).Select(_ => new Node()).ToArray();
            var now = 0L;
            foreach (var (node, ahead, scale, step) in moves)
            {
                wheel.Set(nodes[node], ahead < 0 ? TimerNode.Never : now + ((long)ahead << scale));
                Assert.Equal(nodes.Min(n => n.Deadline), wheel.NextDeadline);
                if (step > 0) continue;
                now += (long)Math.Abs(ahead) << (scale / 2);
                TakeAllDue(wheel, nodes, now);
            }
            foreach (var deadline in nodes.Select(n => n.Deadline).Where(d => d != TimerNode.Never).Order().ToArray()) TakeAllDue(wheel, nodes, deadline);
            Assert.Equal(TimerNode.Never, wheel.NextDeadline);
        }, iter: 5_000);

    [Fact]
    public void TimerWheel_WithManyInASlot_AsksToBeTurnedRatherThanToSearch()
    {
        var wheel = new TimerWheel();
        var nodes = Enumerable.Range(0, 1000).Select(_ => new Node()).ToArray();
        for (var i = 0; i < nodes.Length; i++) wheel.Set(nodes[i], TimeSpan.TicksPerMinute + i);
        wheel.Set(nodes[0], TimerNode.Never);
        var turns = 0;
        var now = 0L;
        for (; wheel.NextDeadline < TimeSpan.TicksPerMinute; turns++)
        {
            Assert.True(wheel.NextDeadline > now);
            now = wheel.NextDeadline;
            Assert.Null(wheel.TakeDue(now));
        }
        Assert.InRange(turns, 1, 3);
        TakeAllDue(wheel, nodes, TimeSpan.TicksPerMinute + 499);
        Assert.Equal(TimeSpan.TicksPerMinute + 500, wheel.NextDeadline);
    }

    /// <summary>What is in flight comes and goes many times a second in a busy connection.</summary>
    [Fact]
    public void Scoreboard_ThatEmptiesAndFills_AllocatesNothing()
    {
        var scoreboard = new Scoreboard();
        var sequence = 0u;
        Round();
        Assert.Equal(0, Allocations.LeastOf(Round));

        void Round()
        {
            for (var i = 0; i < 500; i++) scoreboard.Add(sequence, sequence += 1000, i);
            var delivery = default(Delivery);
            scoreboard.Acknowledge(sequence, ref delivery);
            Assert.True(scoreboard.IsEmpty);
        }
    }

    private static void TakeAllDue(TimerWheel wheel, Node[] nodes, long now)
    {
        var due = nodes.Where(n => n.Deadline <= now).ToDictionary(n => (TimerNode)n, n => n.Deadline);
        var taken = new List<long>();
        while (wheel.TakeDue(now) is { } node)
        {
            Assert.Equal(TimerNode.Never, node.Deadline);
            taken.Add(due[node]);
        }
        Assert.Equal(due.Values.Order(), taken);
    }

    [Theory, Trait("RFC", "9293 3.4")]
    [InlineData(0u, 1u, true)]
    [InlineData(uint.MaxValue, 0u, true)]
    [InlineData(0x80000000u, 0x7fffffffu, false)]
    [InlineData(5u, 5u, false)]
    public void SequenceNumber_ComparesByDifference(uint a, uint b, bool less)
    {
        Assert.Equal(less, SequenceNumber.Less(a, b));
        Assert.Equal(!less, SequenceNumber.GreaterOrEqual(a, b));
    }

    private sealed class Node : TimerNode
    {
        public override void OnTimer()
        {
        }
    }

    [Fact]
    public void Pool_UsesAsFewSlabsAsItCan_SoThatTheyStayInTheCache()
    {
        var pool = new SlabPool(long.MaxValue, slabSize: 16);
        foreach (var slab in Enumerable.Range(0, 100).Select(_ => pool.TryRent()!).ToList())
            pool.Return(slab);
        var used = new HashSet<byte[]>(ReferenceEqualityComparer.Instance);

        for (var turn = 0; turn < 50; turn++)
        {
            var (one, other) = (pool.TryRent()!, pool.TryRent()!);
            used.UnionWith([one, other]);
            pool.Return(one);
            pool.Return(other);
        }

        Assert.Equal(2, used.Count);
        Assert.Equal(0, pool.Used);
    }

    [Fact]
    public void Pool_GivesNoSlabToTwo()
    {
        var pool = new SlabPool(64 * 16, slabSize: 16);
        var twice = 0;
        var taken = new ConcurrentDictionary<byte[], bool>(ReferenceEqualityComparer.Instance); // What is in a slab is anything.
        Parallel.For(0, 4, thread =>
        {
            for (var turn = 0; turn < 20_000; turn++)
            {
                if (pool.TryRent() is not { } slab)
                    continue;
                if (!taken.TryAdd(slab, true))
                    Interlocked.Increment(ref twice);
                taken.TryRemove(slab, out _);
                pool.Return(slab);
            }
        });

        Assert.Equal((0, 0), (twice, pool.Used));
    }
}
