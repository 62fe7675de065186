using System.Net;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Placing;

/// <summary>Connections that begin on the host stack and go to an adapter when they have shown that they gain.</summary>
public sealed class PromotionTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(OffloadModel.EstablishedState)]
    [InlineData(OffloadModel.FullConnection)]
    public async Task QualityStartsOnHost_until_the_connection_has_shown_that_it_gains(OffloadModel model)
    {
        await using var moving = await MovingHost.OpenAsync(Options(), model);
        Assert.Null(moving.Subject.Placement.AdapterId);
        Assert.True(moving.Subject.Placement.Reason.Is(ToeReasons.QualityStartsOnHost));
        var worth = moving.Subject.Trace.Candidates.Single().Gates[^1];
        Assert.Equal(("Worth", GateOutcome.Refuse), (worth.Gate, worth.Outcome));
        await moving.LookAsync();

        await TalkAsync(moving, 90_000);
        await moving.LookAsync();
        Assert.Null(moving.Subject.Placement.AdapterId);

        await TalkAsync(moving, 20_000);
        await moving.LookAsync();
        Assert.Equal(MovingHost.There, moving.Subject.Placement.AdapterId);
        Assert.Empty(moving.Bench.Log.Of(1010)); // It was no fallback.
    }

    [Fact]
    public async Task BytesBeforeTheFirstLook_Count()
    {
        await using var moving = await MovingHost.OpenAsync(Options());

        await TalkAsync(moving, 110_000);
        await moving.LookAsync();

        Assert.Equal(MovingHost.There, moving.Subject.Placement.AdapterId);
    }

    [Theory]
    [InlineData("Promotion:BytesPerSecond", "1000")]
    [InlineData("Promotion:Age", "00:00:05")]
    public async Task RateOrAge_AreEnough(string key, string value)
    {
        var options = Options();
        options["Toe:Placement:Promotion:Bytes"] = "0";
        options[$"Toe:Placement:{key}"] = value;
        await using var moving = await MovingHost.OpenAsync(options);
        await moving.LookAsync();
        await moving.LookAsync();
        Assert.Null(moving.Subject.Placement.AdapterId);

        await TalkAsync(moving, 100_000);
        var looks = 0;
        for (; looks < 10 && moving.Subject.Placement.AdapterId is null; looks++)
            await moving.LookAsync();

        Assert.InRange(looks, key.EndsWith("Age", StringComparison.Ordinal) ? 3 : 1, 9);
    }

    [Fact]
    public async Task RequiredAdapter_IsAskedAtTheOpen()
    {
        await using var moving = await MovingHost.OpenAsync(Options());
        using var server = StackBench.HostServer();

        await using var required = await moving.Bench.ConnectAsync(server.LocalEndpoint, ToeMode.Require);

        Assert.Equal(MovingHost.There, required.Placement.AdapterId);
    }

    [Fact]
    public async Task AdapterThatTakesNothingOver_IsAskedAtTheOpen()
    {
        await using var bench = StackBench.Configured(Options(), new ScriptedAdapter("fixed"));

        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);

        Assert.Equal("scripted:fixed", connection.Placement.AdapterId);
    }

    [Fact]
    public async Task PassiveOpen_IsLeftToTheHost_AndPromotedAsWell()
    {
        await using var moving = await MovingHost.OpenAsync(Options(), OffloadModel.FullConnection);
        await using var listener = await moving.Bench.ListenAsync();

        var (peer, refusal) = await moving.Adapter.Listeners.Single().KnockAsync(new IPEndPoint(IPAddress.Parse("198.51.100.7"), 50_000));

        Assert.Null(peer);
        Assert.True(refusal.Is(ToeReasons.QualityStartsOnHost));
    }

    [Fact]
    public async Task OneLook_MovesNoMoreThanItMay_TheFastestFirst()
    {
        var options = Options();
        options["Toe:Placement:MovesPerSweep"] = "2";
        await using var moving = await MovingHost.OpenAsync(options);
        var connections = await moving.ConnectAsync(4);
        await moving.LookAsync();
        for (var i = 0; i < connections.Count; i++)
            await SendAsync(connections[i].Ours, connections[i].Theirs, 200_000 + (i * 100_000));

        await moving.LookAsync();

        Assert.Equal([false, false, true, true], connections.Select(static pair => pair.Ours.Placement.AdapterId is not null));
        await moving.LookAsync();
        Assert.All(connections, static pair => Assert.NotNull(pair.Ours.Placement.AdapterId));
        foreach (var (ours, theirs) in connections)
        {
            theirs.Dispose();
            await ours.DisposeAsync();
        }
    }

    [Fact]
    public async Task FailingMove_EndsNothing_AndTheConnectionIsLeftAlone()
    {
        await using var moving = await MovingHost.OpenAsync(Options());
        moving.Adapter.ImportScript = static () => throw new InvalidOperationException("scripted");
        await moving.LookAsync();
        await TalkAsync(moving, 200_000);
        for (var i = 0; i < 9; i++)
            await moving.LookAsync();

        Assert.Single(moving.Adapter.Steps, "import");
        await moving.Host.TalkAsync();
        Assert.Empty(moving.Bench.Log.Of(1016));
    }

    [Fact]
    public async Task LookThatMeetsAnException_GoesOnWithTheOthers()
    {
        var adapter = MovingHost.NewAdapter();
        var routes = new ThrowingRoutes();
        await using var bench = StackBench.Create(
            Options(), [new ScriptedProvider(adapter)], [adapter],
            services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<Toe.Connecting.IHostRoutes>(services, routes));
        using var server = StackBench.HostServer();
        var connections = new List<ToeConnection>();
        for (var i = 0; i < 2; i++)
        {
            var connection = await bench.ConnectAsync(server.LocalEndpoint);
            using var peer = await server.AcceptSocketAsync(None);
            await MovingHost.LookAsync(bench);
            await SendAsync(connection, peer, 200_000);
            connections.Add(connection);
        }

        routes.Failures = 1;
        await MovingHost.LookAsync(bench);

        Assert.Single(bench.Log.Of(1014));
        Assert.Empty(bench.Log.Of(1016));
        Assert.Single(adapter.Steps, "prepare");
    }

    private static async Task TalkAsync(MovingHost moving, int bytes)
    {
        await SendAsync(moving.Subject, moving.Host.Peer, bytes);
        await moving.Host.QuietAsync();
    }

    private static async Task SendAsync(ToeConnection connection, System.Net.Sockets.Socket peer, int bytes)
    {
        var sending = connection.SendAsync(new byte[bytes], None).AsTask();
        var buffer = new byte[bytes];
        for (var received = 0; received < bytes;)
            received += await peer.ReceiveAsync(buffer.AsMemory(received), System.Net.Sockets.SocketFlags.None, None);
        await sending;
    }

    private sealed class ThrowingRoutes : Toe.Connecting.IHostRoutes
    {
        public int Failures { get; set; }

        public HostRoute? Find(IPAddress? local, IPAddress remote) => Failures-- > 0 ? throw new InvalidOperationException("scripted") : null;
    }

    private static Dictionary<string, string?> Options() => new()
    {
        ["Toe:Placement:StartOnHost"] = "true",
        ["Toe:Placement:Promotion:Bytes"] = "100000",
        ["Toe:Placement:SweepInterval"] = "01:00:00", // The test says when.
        ["Toe:Placement:RetryAfter"] = "00:01:00",
    };
}
