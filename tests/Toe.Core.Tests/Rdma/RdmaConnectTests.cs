using System.Net;
using System.Net.Sockets;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Rdma;

/// <summary>Where TCP ends in the adapter under iWARP both ends must know it: only peers that a rule gives an RDMA port are asked, and only there.</summary>
public sealed class RdmaConnectTests
{
    private static readonly Dictionary<string, string?> NamesLoopback = new()
    {
        ["Toe:Policy:Rules:0:Name"] = "storage",
        ["Toe:Policy:Rules:0:Remote"] = "127.0.0.1",
        ["Toe:Policy:Rules:0:RdmaPort"] = "7471",
    };

    [Fact]
    public async Task CapabilityModel_where_no_rule_names_an_RDMA_port_and_that_is_no_fallback()
    {
        var adapter = new ScriptedAdapter("rnic", OffloadModel.Rdma);
        await using var bench = StackBench.Create(adapter);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.Equal((null, ToeReasons.CapabilityModel.Name), (connection.Placement.AdapterId, connection.Placement.Reason.Name));
        Assert.Equal(CandidateOutcome.NotAsked, connection.Trace.Candidates.Single().Outcome);
        Assert.Equal(connection.Trace, bench.Stack.Explain(new ToeConnectRequest(server.LocalEndpoint)));
        Assert.Equal(0, adapter.Opens);
        Assert.Empty(bench.Log.Of(1010));
        var thrown = await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.ConnectAsync(server.LocalEndpoint, ToeMode.Require));
        Assert.True(thrown.Trace.Reason.Is(ToeReasons.CapabilityModel));
    }

    [Fact]
    public async Task PeerThatIsNamed_IsReachedAtItsRdmaPort()
    {
        var adapter = new ScriptedAdapter("rnic", OffloadModel.Rdma);
        await using var bench = StackBench.Configured(NamesLoopback, adapter);

        await using var connection = await bench.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 80));

        Assert.Equal(("scripted:rnic", OffloadModel.Rdma), (connection.Placement.AdapterId, connection.Placement.Model));
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 7471), connection.RemoteEndPoint);
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused)]
    [InlineData(SocketError.TimedOut)]
    [InlineData(SocketError.HostUnreachable)]
    public async Task PeerNoRdma_when_nothing_answers_at_the_RDMA_port_and_the_host_stack_asks_the_real_one(SocketError answer)
    {
        var adapter = new ScriptedAdapter("rnic", OffloadModel.Rdma);
        adapter.Answers(answer);
        await using var bench = StackBench.Configured(NamesLoopback, adapter);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.Equal((null, ToeReasons.PeerNoRdma.Name), (connection.Placement.AdapterId, connection.Placement.Reason.Name));
        Assert.Equal(server.LocalEndpoint, connection.RemoteEndPoint);
        var thrown = await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.ConnectAsync(server.LocalEndpoint, ToeMode.Require));
        Assert.True(thrown.Trace.Reason.Is(ToeReasons.PeerNoRdma));
    }

    [Fact]
    public async Task SilentPeer_CostsHalfTheTimeOnce_AndIsLeftAloneForAWhile()
    {
        var adapter = new ScriptedAdapter("rnic", OffloadModel.Rdma)
        {
            Connect = static async (_, cancellationToken) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                throw new InvalidOperationException("Unreachable.");
            },
        };
        await using var bench = StackBench.Configured(NamesLoopback, adapter);
        using var server = StackBench.HostServer();

        await using var first = await bench.ConnectAsync(server.LocalEndpoint);
        await using var second = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.All([first, second], connection => Assert.True(connection.Placement.Reason.Is(ToeReasons.PeerNoRdma)));
        Assert.Equal(1, adapter.Opens);
        bench.Time.Advance(TimeSpan.FromDays(1));
        adapter.Connect = (socket, _) => ValueTask.FromResult(adapter.AcceptedBy(socket));
        await using var third = await bench.ConnectAsync(server.LocalEndpoint);
        Assert.Equal(adapter.Identity.Id, third.Placement.AdapterId);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("-1")]
    public async Task PortThatIsNone_IsAnErrorThatNamesTheKey(string port)
    {
        var adapter = new ScriptedAdapter("rnic", OffloadModel.Rdma);
        var thrown = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var bench = StackBench.Configured(new Dictionary<string, string?>(NamesLoopback, StringComparer.Ordinal) { ["Toe:Policy:Rules:0:RdmaPort"] = port }, adapter);
        });
        Assert.Contains("Toe:Policy:Rules:0:RdmaPort", thrown.Message, StringComparison.Ordinal);
    }
}
