namespace Toe.QLogic.Tests.Images;

/// <summary>What the stack decides on these adapters, and the connection that is then the host's.</summary>
public sealed class DecisionTests
{
    [Fact]
    public async Task NamedPeerOnTheLink_GoesToIwarp_AndNothingIsCarriedOnAReplayedHost()
    {
        await using var bench = await ImageBench.StartAsync("ql-iwarp");
        Assert.Equal("qlogic:0000:3b:00.0", bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnLink)).AdapterId);
        var thrown = await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.Stack.ConnectAsync(
            new ToeConnectRequest(ImageBench.OnLink) { Mode = ToeMode.Require }, TestContext.Current.CancellationToken).AsTask());
        Assert.Contains(thrown.Trace.Candidates, static one => one.Reason.Is(ToeReasons.EnvironmentReplayed));
        Assert.Contains(thrown.Trace.Candidates, static one => one.Reason.Is(ToeReasons.CapabilityDisabled)); // The RoCE function says its own.
    }

    [Fact]
    public async Task ItsOwnAddress_IsTheHosts()
    {
        await using var bench = await ImageBench.StartAsync("ql-iwarp");
        var trace = bench.Stack.Explain(new ToeConnectRequest(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("198.51.100.10"), 443)));
        Assert.True(trace.Candidates[0].Reason.Is(ToeReasons.RouteLoopback), trace.ToString());
    }

    [Fact]
    public async Task FamiliesWithoutOffload_SaySo_ForConnectAndListen()
    {
        await using var bench = await ImageBench.StartAsync("ql-netxtreme");
        Assert.All(bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnLink)).Candidates, static one => Assert.True(one.Reason.Is(ToeReasons.CapabilityHardware)));
        Assert.All(
            bench.Stack.Explain(new ToeListenRequest(new System.Net.IPEndPoint(System.Net.IPAddress.Any, 80))).Candidates, static one => Assert.True(one.Reason.Is(ToeReasons.CapabilityHardware)));
        using var server = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        server.Start();
        await using var connection = await bench.Stack.ConnectAsync(new ToeConnectRequest(server.LocalEndpoint), TestContext.Current.CancellationToken);
        Assert.True(connection.Placement.IsHostStack);
    }

    [Fact]
    public async Task Iwarp_WalksAroundTheHost_AndClaimsNoTableThatCannotBeRead()
    {
        await using var bench = await ImageBench.StartAsync("ql-iwarp");
        var status = bench.Adapter("0000:3b:00.0").Status;
        Assert.True(status.Capabilities.Bypasses.Value.HasFlag(HostBypass.NetfilterIn | HostBypass.NetfilterOut | HostBypass.Conntrack | HostBypass.Qdisc | HostBypass.Xfrm));
        Assert.Empty(status.Budgets); // The kernel does not show how many queue pairs there are; what this process has does not count on another machine.
    }
}
