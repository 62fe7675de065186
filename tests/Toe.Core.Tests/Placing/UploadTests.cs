using System.Collections.Concurrent;
using System.Net.Sockets;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Placing;

/// <summary>Uploads that an adapter causes: by failing, by a reason that leaves no choice, by advice.</summary>
public sealed class UploadTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact, Trait("Requirement", "TOE-CARR-008")]
    public async Task FailedAdapterThatTellsStates_LosesNoConnection()
    {
        await using var moving = await MovingHost.OffloadedAsync();
        var receiving = moving.Subject.ReceiveAsync(new byte[16], None).AsTask();

        moving.Adapter.Announce(AdapterHealth.Failed, ToeReasons.HealthFailed.With("scripted"));

        await StackBench.UntilAsync(() => moving.Subject.Placement.AdapterId is null);
        Assert.Equal(ToeReasons.HealthFailed.With("scripted"), moving.Subject.Placement.Reason);
        await moving.Host.Peer.SendAsync(new byte[] { 1, 2, 3 }, None);
        Assert.Equal(3, await receiving.WaitAsync(TimeSpan.FromSeconds(30), None));
        await moving.Host.TalkAsync();
    }

    [Fact]
    public async Task FailedAdapterThatTellsNoStates_IsNotAskedForThem()
    {
        await using var moving = await MovingHost.OffloadedAsync();
        var receiving = moving.Subject.ReceiveAsync(new byte[16], None).AsTask();

        moving.Adapter.Announce(static status => status with
        {
            Health = AdapterHealth.Failed,
            Capabilities = status.Capabilities with { Features = Facts.Queried(status.Capabilities.Features.Value & ~AdapterFeatures.ExportsState) },
        });

        await Assert.ThrowsAsync<ToeConnectionLostException>(() => receiving.WaitAsync(TimeSpan.FromSeconds(30), None));
        Assert.DoesNotContain("freeze", moving.Adapter.Steps);
    }

    [Theory]
    [InlineData(AdapterHealth.Removed)]
    [InlineData(null)]
    public async Task AdapterThatIsGoneOrSilent_IsNotAsked(AdapterHealth? health)
    {
        await using var moving = await MovingHost.OffloadedAsync();
        var receiving = moving.Subject.ReceiveAsync(new byte[16], None).AsTask();
        var hung = health is null ? moving.Adapter.Refreshing.Hangs() : null; // The health watch finds it.

        if (health is { } announced)
            moving.Adapter.Announce(announced);

        await moving.Bench.RunUntilAsync(() => receiving.IsCompleted);
        await Assert.ThrowsAsync<ToeConnectionLostException>(() => receiving);
        Assert.DoesNotContain("freeze", moving.Adapter.Steps);
        hung?.SetResult();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FailedAdapterThatDoesNotKeepItsWord_LosesTheConnection_AndIsBlamedOnce(bool hangs)
    {
        await using var moving = await MovingHost.OffloadedAsync();
        var receiving = moving.Subject.ReceiveAsync(new byte[16], None).AsTask();
        TaskCompletionSource? hung = null;
        moving.Adapter.FreezeScript = call =>
        {
            if (hangs)
                hung = call.Hangs();
            else
                call.Throws(static () => new IOException("scripted"));
        };

        moving.Adapter.Announce(AdapterHealth.Failed, ToeReasons.HealthFailed);

        await moving.Bench.RunUntilAsync(() => receiving.IsCompleted);
        var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => receiving);
        Assert.True(lost.Reason.Is(ToeReasons.HealthFailed), lost.Reason.ToString());
        Assert.Empty(moving.Bench.Log.Of(1001)); // That it failed is known.
        hung?.SetResult();
    }

    [Fact]
    public async Task FailedAdapterFullOfConnections_GivesThemUpFewAtOnce_EachInItsOwnTime()
    {
        const int AtOnce = 8, Others = 19;
        await using var moving = await MovingHost.OffloadedAsync();
        var connections = await OthersAsync(moving, Others);
        var hung = new ConcurrentQueue<TaskCompletionSource>();
        moving.Adapter.FreezeScript = call => hung.Enqueue(call.Hangs());

        moving.Adapter.Announce(AdapterHealth.Failed, ToeReasons.HealthFailed);

        for (var left = Others + 1; left > 0;)
        {
            var expected = Math.Min(AtOnce, left);
            await StackBench.UntilAsync(() => hung.Count == expected);
            moving.Bench.Time.Advance(TimeSpan.FromSeconds(3)); // The deadline is five.
            for (; expected > 0; expected--, left--)
                Release(hung);
            await StackBench.UntilAsync(() => connections.Select(static pair => pair.Ours).Append(moving.Subject).Count(static one => one.Placement.AdapterId is not null) == left);
        }

        await moving.OnHostAsync();
        await CloseAsync(moving, connections);
    }

    [Fact]
    public async Task FailedAdapterFullOfConnections_ThatHangs_LosesThemInOneDeadline()
    {
        const int AtOnce = 8, Others = 19;
        await using var moving = await MovingHost.OffloadedAsync();
        var connections = await OthersAsync(moving, Others);
        var receiving = connections.ConvertAll(static pair => pair.Ours.ReceiveAsync(new byte[1], None).AsTask());
        var hung = new ConcurrentQueue<TaskCompletionSource>();
        moving.Adapter.FreezeScript = call => hung.Enqueue(call.Hangs());

        moving.Adapter.Announce(AdapterHealth.Failed, ToeReasons.HealthFailed);
        var failed = moving.Bench.Time.GetTimestamp();
        await StackBench.UntilAsync(() => hung.Count == AtOnce);
        await moving.Bench.RunUntilAsync(() => receiving.TrueForAll(static call => call.IsCompleted));

        Assert.InRange(moving.Bench.Time.GetElapsedTime(failed), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(9)); // The deadline is five.
        foreach (var call in receiving)
            await Assert.ThrowsAsync<ToeConnectionLostException>(() => call);
        Assert.Equal(AtOnce, moving.Adapter.Steps.Count(static step => step == "freeze"));
        while (!hung.IsEmpty)
            Release(hung);
        await CloseAsync(moving, connections);
    }

    [Theory]
    [InlineData("Quality.DropRate")]
    [InlineData("Quality.OutOfOrder")]
    [InlineData("Quality.LowActivity")]
    [InlineData("Quality.SmallIo")]
    public async Task QualityDropRate_and_other_advice_sends_the_connection_to_the_host(string name)
    {
        var reason = new ToeReason(ToeReasons.All.Single(descriptor => descriptor.Name == name).Code);
        await using var moving = await MovingHost.OffloadedAsync();

        moving.Adapter.Sockets.Single().Raise(events => events.OnUploadWanted(reason, mandatory: false));

        await StackBench.UntilAsync(() => moving.Subject.Placement.AdapterId is null);
        Assert.True(moving.Subject.Placement.Reason.Is(reason));
        await moving.Host.TalkAsync();
    }

    [Theory]
    [InlineData("false", null)]
    [InlineData("true", ToeMode.Require)]
    public async Task Advice_IsNotFollowed_WhereTheOptionOrTheModeSaysSo_ButMandatoryReasonsAre(string followAdvice, ToeMode? mode)
    {
        await using var moving = await MovingHost.OffloadedAsync(new() { ["Toe:Placement:FollowAdvice"] = followAdvice }, mode);
        var socket = moving.Adapter.Sockets.Single();

        socket.Raise(static events => events.OnUploadWanted(ToeReasons.QualityDropRate, mandatory: false));
        await StackBench.UntilAsync(() => moving.Bench.Log.Of(1013).Count == 1);
        socket.Raise(static events => events.OnUploadWanted(ToeReasons.HealthLinkDown, mandatory: true));

        await StackBench.UntilAsync(() => moving.Subject.Placement.AdapterId is null);
        Assert.True(moving.Subject.Placement.Reason.Is(ToeReasons.HealthLinkDown));
        Assert.Single(moving.Adapter.Steps, "freeze");
    }

    [Fact]
    public async Task AdviceRepeated_AfterARefusal_IsNotTriedAgainAtOnce()
    {
        await using var moving = await MovingHost.OffloadedAsync();
        moving.Adapter.FreezeScript = static call => call.Throws(static () => new IOException("scripted"));
        var socket = moving.Adapter.Sockets.Single();
        var began = moving.Bench.Time.GetTimestamp();
        void Advise() => socket.Raise(static events => events.OnUploadWanted(ToeReasons.QualityDropRate, mandatory: false));

        for (var i = 0; i < 5; i++)
        {
            var before = moving.Bench.Log.Of(1013).Count;
            Advise();
            await StackBench.UntilAsync(() => moving.Bench.Log.Of(1013).Count > before);
        }

        await StackBench.UntilAsync(() => moving.Bench.Log.Of(1001).Count == 1); // The first one's end.
        Assert.Single(moving.Adapter.Steps, "freeze");
        await StackBench.UntilAsync(() =>
        {
            moving.Bench.Time.Advance(TimeSpan.FromSeconds(1));
            Advise();
            return moving.Adapter.Steps.Count(static step => step == "freeze") == 2;
        });
        Assert.True(moving.Bench.Time.GetElapsedTime(began) >= TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task WishOfACarrierThatTheConnectionHasLeft_MovesNothing()
    {
        var network = new ConcurrentDictionary<(System.Net.IPEndPoint, System.Net.IPEndPoint), ScriptedWire>();
        var (one, two) = (new ScriptedMovingAdapter("one", network), new ScriptedMovingAdapter("two", network));
        await using var bench = StackBench.Create(one, two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        Assert.True((await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask())).IsNone);

        one.Sockets.Single().RaiseAnyway(static events => events.OnUploadWanted(ToeReasons.QualityDropRate, mandatory: true));

        await StackBench.UntilAsync(() => bench.Log.Of(1013).Count == 1);
        Assert.Equal("scripted:two", connection.Placement.AdapterId);
        await connection.SendAsync(new byte[] { 1 }, None);
        Assert.Equal([1], await one.Peers.Take(None).ReceiveAsync(1));
        Assert.DoesNotContain("freeze", two.Steps);
    }

    private static async Task<List<(ToeConnection Ours, Socket Theirs)>> OthersAsync(MovingHost moving, int count)
    {
        var connections = await moving.ConnectAsync(count);
        await StackBench.UntilAsync(() => connections.TrueForAll(static pair => pair.Ours.Placement.AdapterId == MovingHost.There));
        return connections;
    }

    private static async Task CloseAsync(MovingHost moving, List<(ToeConnection Ours, Socket Theirs)> connections)
    {
        foreach (var (ours, theirs) in connections)
        {
            theirs.Dispose();
            await moving.Bench.RunAsync(ours.DisposeAsync().AsTask());
        }
    }

    private static void Release(ConcurrentQueue<TaskCompletionSource> hung)
    {
        Assert.True(hung.TryDequeue(out var release));
        release.SetResult();
    }
}
