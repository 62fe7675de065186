using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Toe.Core.Tests.Connections;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Telemetry;

/// <summary>The activity source <c>Toe</c>: one client span for each connect.</summary>
public sealed class ActivityTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;
    private readonly Activity _parent = new Activity("test").Start();

    public ActivityTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Toe",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == _parent.TraceId) // Other tests connect too.
                    _stopped.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact, Trait("Requirement", "TOE-TELE-006")]
    public async Task Connect_IsOneClientSpan_WithPeerAndPlacement()
    {
        await using var bench = StackBench.Create(new ScriptedAdapter("one"));
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);

        var span = Assert.Single(_stopped);

        Assert.Equal(("toe.connect", ActivityKind.Client, _parent.SpanId, ActivityStatusCode.Unset), (span.OperationName, span.Kind, span.ParentSpanId, span.Status));
        Assert.Equal(("tcp", "192.0.2.1", 7), (span.GetTagItem("network.transport"), span.GetTagItem("network.peer.address"), span.GetTagItem("network.peer.port")));
        Assert.Equal(("scripted:one", null), (span.GetTagItem("toe.placement"), span.GetTagItem("toe.reason")));
    }

    [Fact, Trait("Requirement", "TOE-TELE-006")]
    public async Task Name_IsTheServersAddress_AndAFallbackHasItsReason()
    {
        await using var bench = StackBench.Create();
        using var server = StackBench.HostServer();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        await using var connection = await bench.ConnectAsync(new DnsEndPoint("localhost", port));

        var span = Assert.Single(_stopped);

        Assert.Equal(("localhost", port), (span.GetTagItem("server.address"), span.GetTagItem("server.port")));
        Assert.Equal(("ipv4", "127.0.0.1", port), (span.GetTagItem("network.type"), span.GetTagItem("network.peer.address"), span.GetTagItem("network.peer.port")));
        Assert.Equal(("HostStack", "Environment.NoAdapter"), (span.GetTagItem("toe.placement"), span.GetTagItem("toe.reason")));
    }

    [Fact, Trait("Requirement", "TOE-TELE-006")]
    public async Task ConnectThatFails_IsAnErrorWithItsType()
    {
        var adapter = new ScriptedAdapter("one");
        adapter.Answers(SocketError.ConnectionRefused);
        await using var bench = StackBench.Create(adapter);
        await Assert.ThrowsAsync<SocketException>(() => bench.ConnectAsync(StackBench.Elsewhere));

        var span = Assert.Single(_stopped);

        Assert.Equal((ActivityStatusCode.Error, "ConnectionRefused"), (span.Status, span.GetTagItem("error.type")));
        Assert.Null(span.GetTagItem("toe.placement"));
    }

    [Fact, Trait("Requirement", "TOE-TELE-006")]
    public async Task TimeOut_IsAnErrorToo()
    {
        var adapter = new ScriptedAdapter("slow")
        {
            Connect = static async (_, token) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return ConnectResult.Connected;
            },
        };
        await using var bench = StackBench.Configured(new() { ["Toe:ConnectTimeout"] = "00:00:01" }, adapter);
        await Assert.ThrowsAsync<SocketException>(() => bench.ConnectAsync(StackBench.Elsewhere));

        Assert.Equal(ActivityStatusCode.Error, Assert.Single(_stopped).Status);
    }

    [Theory, Trait("Requirement", "TOE-TELE-006")]
    [InlineData(false, "System.OperationCanceledException")]
    [InlineData(true, "System.ObjectDisposedException")]
    public async Task ConnectThatIsCancelledOrCutOff_IsAnErrorToo(bool disposed, string type)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var adapter = new ScriptedAdapter("slow")
        {
            Connect = async (_, token) =>
            {
                arrived.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return ConnectResult.Connected;
            },
        };
        await using var bench = StackBench.Create(adapter);
        using var cancel = new CancellationTokenSource();
        var connecting = bench.Stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), cancel.Token).AsTask();
        await ConnectionPair.Soon(arrived.Task);

        if (disposed)
            await bench.RunAsync(bench.Stack.DisposeAsync().AsTask());
        else
            await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => ConnectionPair.Soon(connecting));
        var span = Assert.Single(_stopped);
        Assert.Equal((ActivityStatusCode.Error, type), (span.Status, span.GetTagItem("error.type")));
    }

    [Fact]
    public async Task Attributes_AreThoseOfThePage()
    {
        var adapter = new ScriptedAdapter("one") { Reach = static (_, remote) => remote.Equals(StackBench.Elsewhere) ? ToeReason.None : ToeReasons.RouteNotThroughAdapter };
        adapter.Answers(SocketError.ConnectionRefused);
        await using var bench = StackBench.Create(adapter);
        using var server = StackBench.HostServer();
        await using var connection = await bench.ConnectAsync(new DnsEndPoint("localhost", ((IPEndPoint)server.LocalEndpoint).Port));
        await Assert.ThrowsAsync<SocketException>(() => bench.ConnectAsync(StackBench.Elsewhere));

        var seen = _stopped.SelectMany(static span => span.TagObjects).Select(static tag => tag.Key).Distinct();

        Assert.Equal(TelemetryPage.AttributesOf("toe.connect").Order(), seen.Order());
    }

    [Fact]
    public async Task ConnectThatIsNone_HasNoSpan()
    {
        await using var bench = StackBench.Create();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => bench.Stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere) { Timeout = TimeSpan.Zero }, TestContext.Current.CancellationToken).AsTask());
        Assert.Empty(_stopped);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _parent.Dispose();
    }
}
