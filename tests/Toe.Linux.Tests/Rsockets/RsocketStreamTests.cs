using CsCheck;
using Toe.Testing;

namespace Toe.Linux.Tests.Rsockets;

/// <summary>The protocol of rsockets between two ends in memory, in any order of events.</summary>
public sealed class RsocketStreamTests
{
    private static readonly int[] Credits = [16, 17, 64, 384];

    [Fact]
    public void AnyOrderOfEvents_LosesDoublesAndReordersNothing() =>
        Gen.Select(Gen.Int[0, Credits.Length - 1], Gen.Int[0, 9].Array[50, 400], Gen.Int[1, 20000].Array[400])
            .Sample((which, steps, sizes) => Run(Credits[which], steps, sizes), iter: Fuzzing.Inputs(300));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(200_000)]
    public void PiecesOfAnySize_GoOnForEver(int size)
    {
        var (active, passive) = MemoryQueue.Connect(credits: 16);
        using var first = active;
        using var second = passive;
        var (there, back) = (new Flow(active, passive, 1), new Flow(passive, active, 2));
        for (var round = 0; round < 7_000 / Math.Min(size, 100); round++) // Beyond 65,536 messages where they are small.
        {
            for (var message = 0; message < 10; message++)
            {
                there.Send(size);
                back.Send(size);
            }

            Settle(active, passive);
            there.Receive(10 * size);
            back.Receive(10 * size);
        }

        Finish(active, passive, there, back);
    }

    [Fact]
    public void PassiveEnd_SendsNothingBeforeTheActiveOneHas()
    {
        var (active, passive) = MemoryQueue.Connect(credits: 64);
        using var first = active;
        using var second = passive;
        Assert.Equal(0, passive.Stream.Send(new byte[10]));
        passive.Stream.EndSending();
        Assert.False(passive.Work());
        Assert.True(passive.Stream is { IsDrained: false, IsHeld: true, HasHeard: false }); // Its end waits, also where nobody waits for it.
        Assert.True(active.Stream is { IsHeld: false, HasHeard: false });
        Assert.True(active.Work()); // The active end's grant.
        Assert.True(passive.Stream is { IsHeld: false, HasHeard: true });
        Settle(active, passive);
        Assert.True(active.Stream.HasHeard);
        Assert.True(active.Stream.HasPeerEnded);
        Assert.True(passive.Stream.IsDrained);
    }

    [Fact]
    public void Ends_AreHeardBehindTheBytes()
    {
        var (active, passive) = MemoryQueue.Connect(credits: 64);
        using var first = active;
        using var second = passive;
        Assert.Equal(100, active.Stream.Send(new byte[100]));
        active.Stream.EndSending();
        active.Stream.EndSending();
        Settle(active, passive);
        Assert.True(passive.Stream is { HasBytes: true, HasPeerEnded: true, HasPeerLeft: false });
        Assert.Equal(100, passive.Stream.Receive(new byte[200], mayGrant: true));
        Assert.Equal(5, passive.Stream.Send(new byte[5])); // The other half still runs.
        passive.Stream.EndSending();
        Settle(active, passive);
        Assert.True(active.Stream is { HasBytes: true, HasPeerEnded: true, HasPeerLeft: true });
        Assert.Equal(5, active.Stream.Receive(new byte[200], mayGrant: true));
    }

    [Fact]
    public void UnreadBytesOrAPeerThatLeft_ForbidToLeaveInOrder()
    {
        var (active, passive) = MemoryQueue.Connect(credits: 64);
        using var first = active;
        using var second = passive;
        Assert.Equal(100, active.Stream.Send(new byte[100]));
        Assert.True(passive.Stream.CanLeave); // Nobody has taken anything: a close takes first.
        Settle(active, passive);
        Assert.False(passive.Stream.CanLeave);
        Assert.Equal(60, passive.Stream.Receive(new byte[60], mayGrant: true));
        Assert.False(passive.Stream.CanLeave);
        Assert.Equal(40, passive.Stream.Receive(new byte[60], mayGrant: true));
        active.Stream.EndSending();
        Settle(active, passive);
        Assert.True(passive.Stream.CanLeave); // The peer still hears.
        passive.Stream.Leave();
        Settle(active, passive);
        Assert.False(active.Stream.CanLeave);
    }

    [Fact]
    public void Threads_OfSenderReceiverAndCompletions_DisturbNoneOfThem()
    {
        const int Size = 4 << 20;
        var (active, passive) = MemoryQueue.Connect(credits: 32, slots: 48);
        using var first = active;
        using var second = passive;
        var flows = new[] { new Flow(active, passive, 1), new Flow(passive, active, 2) };
        var left = flows.Length;
        Parallel.Invoke(
            new ParallelOptions { MaxDegreeOfParallelism = 5 },
            [
                .. flows.Select(flow => (Action)(() => Until(() => flow.Sent >= Size, () => flow.Send(5000)))),
                .. flows.Select(flow => (Action)(() =>
                {
                    Until(() => flow.Received >= Size, () => flow.Receive(7000));
                    Interlocked.Decrement(ref left);
                })),
                () => Until(() => Volatile.Read(ref left) == 0, () => active.Work() | passive.Work() | active.Complete() | passive.Complete()),
            ]);
        Settle(active, passive);
        Assert.True(active.Stream is { IsDrained: true, Error: 0 });
        Assert.True(passive.Stream is { IsDrained: true, Error: 0 });
    }

    [Fact]
    public void AnyMessages_AreTakenOrRefused_OnReturns() =>
        Gen.Select(Gen.UInt.Array[0, 40], Gen.Int[-3, 80].Array[40], Gen.Int[0, 8].Array[40]).Sample(
            (messages, slots, lengths) =>
            {
                var (active, passive) = MemoryQueue.Connect(credits: 64);
                using var first = active;
                using var second = passive;
                for (var i = 0; i < messages.Length; i++)
                {
                    if ((uint)slots[i] < 64)
                        Put(active, slots[i], messages[i]);
                    active.Stream.Arrive(slots[i], lengths[i] == 0 ? 4 : lengths[i]);
                    active.Stream.Send(new byte[100]);
                    _ = active.Stream.Receive(new byte[100_000], mayGrant: true);
                }
            },
            iter: Fuzzing.Inputs(500));

    [Fact]
    public void AWindowThatIsHalfWritten_WaitsForItsOwnGrant()
    {
        var (active, passive) = MemoryQueue.Connect(credits: 384);
        using var first = active;
        using var second = passive;
        Assert.Equal(8192, active.Stream.Send(new byte[20000])); // The first window, half of the peer's ring.
        Write(active, new RemoteMemory(0, MemoryQueue.Key, 8192)); // Its address is not there yet.
        Grant(active, slot: 0);
        Assert.Equal(0, active.Stream.Send(new byte[10]));
        var whole = passive.Stream.Greeting(MemoryQueue.Key).FirstWindow;
        Write(active, whole with { Address = whole.Address + 8192 });
        Grant(active, slot: 1);
        Assert.Equal(10, active.Stream.Send(new byte[10]));
        Assert.Equal(0, active.Stream.Error);

        static unsafe ref RemoteMemory Window(MemoryQueue end, int place) => ref end.Buffers.Table[place];

        static void Write(MemoryQueue end, RemoteMemory window) => Window(end, 1) = window;

        static void Grant(MemoryQueue end, int slot)
        {
            Put(end, slot, RsocketMessage.Grant(384).Bits);
            end.Stream.Arrive(slot, RsocketMessage.Size);
        }
    }

    [Fact]
    public void MoreBytesThanThereIsAWindowFor_AreAnError()
    {
        var (active, passive) = MemoryQueue.Connect(credits: 64);
        using var first = active;
        using var second = passive;
        Put(active, 0, RsocketMessage.Data(16384).Bits);
        active.Stream.Arrive(0, 4); // Both halves are granted.
        Assert.Equal(0, active.Stream.Error);
        Put(active, 1, RsocketMessage.Data(1).Bits);
        active.Stream.Arrive(1, 4);
        Assert.Equal(ErrorNumber.Protocol, active.Stream.Error);
    }

    private static unsafe void Put(MemoryQueue end, int slot, uint message) => end.Buffers.Messages[slot] = message;

    private static void Run(int credits, int[] steps, int[] sizes)
    {
        var (active, passive) = MemoryQueue.Connect(credits);
        using var first = active;
        using var second = passive;
        var (there, back) = (new Flow(active, passive, 1), new Flow(passive, active, 2));
        for (var i = 0; i < steps.Length; i++)
        {
            var size = sizes[i];
            _ = steps[i] switch
            {
                0 => there.Send(size),
                1 => back.Send(size),
                2 => there.Receive(size),
                3 => back.Receive(size),
                4 => active.Complete(),
                5 => passive.Complete(),
                < 8 => active.Work(),
                _ => passive.Work(),
            };
        }

        Finish(active, passive, there, back);
    }

    /// <summary>Everything that was sent arrives, whatever was under way.</summary>
    private static void Finish(MemoryQueue active, MemoryQueue passive, Flow there, Flow back)
    {
        do
        {
            Settle(active, passive);
        }
        while (there.Receive(1000) | back.Receive(1000));
        Assert.Equal((there.Sent, back.Sent), (there.Received, back.Received));
        Assert.True(active.Stream is { CanSend: true, IsDrained: true, Error: 0 });
        Assert.True(passive.Stream is { CanSend: true, IsDrained: true, Error: 0 });
    }

    private static void Settle(MemoryQueue active, MemoryQueue passive)
    {
        while (active.Work() | passive.Work() | active.Complete() | passive.Complete())
        {
        }
    }

    private static void Until(Func<bool> isDone, Func<bool> work)
    {
        var spin = default(SpinWait);
        while (!isDone())
        {
            if (work())
                spin.Reset();
            else
                spin.SpinOnce();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Numbered bytes from one end to the other.</summary>
    private sealed class Flow(MemoryQueue from, MemoryQueue to, int seed)
    {
        public long Sent { get; private set; }

        public long Received { get; private set; }

        public bool Send(int size)
        {
            var bytes = new byte[size];
            for (var i = 0; i < size; i++)
                bytes[i] = At(Sent + i);
            var sent = from.Stream.Send(bytes);
            Sent += sent;
            return sent != 0;
        }

        public bool Receive(int size)
        {
            var bytes = new byte[size];
            var received = to.Stream.Receive(bytes, mayGrant: true);
            for (var i = 0; i < received; i++)
                Assert.Equal(At(Received + i), bytes[i]);
            Received += received;
            return received != 0;
        }

        private byte At(long place) => (byte)((place * 131) + (place >> 8) + seed);
    }
}
