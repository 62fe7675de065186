using System.Collections.Concurrent;
using Toe.Connections;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Connections;

/// <summary>Placements are announced on the pool, one at a time, in order.</summary>
public sealed class PlacementChangedTests
{
    [Fact, Trait("Requirement", "TOE-PLAC-008")]
    public async Task Announcements_ComeInOrder_OneAtATime_OnThePool()
    {
        await using var pair = await ConnectionPair.OpenAsync(CarrierKind.Host);
        var connection = (StackConnection)pair.Subject;
        var heard = new ConcurrentQueue<ushort>();
        var (inside, wrong) = (0, 0);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        const int Changes = 3000;
        connection.PlacementChanged += (sender, placement) =>
        {
            if (Interlocked.Increment(ref inside) != 1 || !Thread.CurrentThread.IsThreadPoolThread || sender != connection)
                Interlocked.Increment(ref wrong);
            heard.Enqueue(placement.Reason.VendorDetail);
            Interlocked.Decrement(ref inside);
            if (heard.Count == Changes)
                done.SetResult();
        };

        var order = new Lock();
        ushort next = 0;
        var changers = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Changes / 3; i++)
            {
                lock (order)
                {
                    var placement = connection.Placement with { Reason = new ToeReason(ToeReasons.OperatorMoved.Code, next++) };
                    connection.ChangePlacement(placement);
                    Assert.Equal(placement, connection.Placement); // In force at once, whoever hears of it later.
                }
            }
        })).ToArray();
        Array.ForEach(changers, thread => thread.Start());
        Array.ForEach(changers, thread => thread.Join());
        await ConnectionPair.Soon(done.Task);

        Assert.Equal(0, wrong);
        Assert.Equal(Enumerable.Range(0, Changes).Select(i => (ushort)i), heard);
    }

    [Fact, Trait("Requirement", "TOE-PLAC-008")]
    public async Task HandlerThatThrows_IsLogged_AndHidesNothingFromTheNextChange()
    {
        await using var bench = StackBench.Create();
        using var server = StackBench.HostServer();
        await using var opened = await bench.ConnectAsync(server.LocalEndpoint);
        var connection = (StackConnection)opened;
        using var heard = new SemaphoreSlim(0);
        connection.PlacementChanged += (_, _) => throw new InvalidOperationException("the handler's");
        connection.PlacementChanged += Count;

        connection.ChangePlacement(connection.Placement);
        Assert.True(await heard.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)); // Other handlers hear it too.
        await StackBench.UntilAsync(() => bench.Log.Of(1024).Count == 1);

        connection.PlacementChanged -= Count;
        connection.ChangePlacement(connection.Placement);
        await StackBench.UntilAsync(() => bench.Log.Of(1024).Count == 2);
        Assert.Equal(0, heard.CurrentCount);

        void Count(ToeConnection sender, Placement placement) => heard.Release();
    }

    [Fact, Trait("Requirement", "TOE-PLAC-008")]
    public async Task HandlerThatBlocks_HoldsUpNeitherTheConnectionNorItsDisposal()
    {
        await using var pair = await ConnectionPair.OpenAsync(CarrierKind.Host);
        var connection = (StackConnection)pair.Subject;
        using var release = new ManualResetEventSlim();
        var inside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.PlacementChanged += (_, _) =>
        {
            inside.TrySetResult();
            release.Wait();
        };
        connection.ChangePlacement(connection.Placement);
        await ConnectionPair.Soon(inside.Task);

        await connection.SendAsync(new byte[] { 1 }, TestContext.Current.CancellationToken);
        Assert.Equal(1, await ConnectionPair.Soon(pair.Peer.ReceiveAsync(new byte[4], TestContext.Current.CancellationToken)));
        await ConnectionPair.Soon(connection.DisposeAsync());
        release.Set();
    }
}
