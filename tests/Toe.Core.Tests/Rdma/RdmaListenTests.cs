using System.Net;
using System.Net.Sockets;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Rdma;

/// <summary>One listener, two ports: plain TCP at the one asked for, rsockets at the one that policy names.</summary>
public sealed class RdmaListenTests
{
    private const int RdmaPort = 7471;
    private static readonly CancellationToken None = CancellationToken.None;

    private static readonly Dictionary<string, string?> NamesClients = new()
    {
        ["Toe:Policy:Rules:0:Name"] = "cluster",
        ["Toe:Policy:Rules:0:Remote"] = "198.51.100.0/24",
        ["Toe:Policy:Rules:0:RdmaPort"] = "7471",
    };

    private static IPEndPoint Named { get; } = new(IPAddress.Parse("198.51.100.7"), 50_000);

    private static IPEndPoint Stranger { get; } = new(IPAddress.Parse("203.0.113.7"), 50_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BothSides_ArriveAtOneAccept_EachWithItsPlacement(bool asksAtSyn)
    {
        var adapter = Rnic(asksAtSyn);
        await using var bench = StackBench.Configured(NamesClients, adapter);
        await using var listener = await bench.ListenAsync();
        var rdma = adapter.Listeners.Single();

        var (peer, _) = await rdma.KnockAsync(Named);
        await using var offloaded = await listener.AcceptAsync(None);
        using var client = new TcpClient();
        await client.ConnectAsync(listener.LocalEndPoint, None);
        await using var plain = await listener.AcceptAsync(None);

        Assert.Equal(RdmaPort, rdma.LocalEndPoint.Port);
        Assert.NotEqual(RdmaPort, listener.LocalEndPoint.Port);
        Assert.Equal((adapter.Identity.Id, OffloadModel.Rdma), (offloaded.Placement.AdapterId, offloaded.Placement.Model));
        Assert.Equal((null, ToeReasons.CapabilityModel.Name), (plain.Placement.AdapterId, plain.Placement.Reason.Name)); // 127.0.0.1 is named by no rule: no fallback.
        Assert.Empty(bench.Log.Of(1010));
        await offloaded.SendAsync(new byte[] { 42 }, None);
        Assert.Equal([42], await peer!.ReceiveAsync(1));
    }

    [Fact]
    public async Task NamedPeerThatComesByPlainTcp_IsAFallback()
    {
        var adapter = Rnic(asksAtSyn: false);
        await using var bench = StackBench.Configured(new Dictionary<string, string?>(NamesClients, StringComparer.Ordinal) { ["Toe:Policy:Rules:0:Remote"] = "127.0.0.0/8" }, adapter);
        await using var listener = await bench.ListenAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(listener.LocalEndPoint, None);

        await using var plain = await listener.AcceptAsync(None);

        Assert.True(plain.Placement.Reason.Is(ToeReasons.PeerNoRdma));
        Assert.Single(bench.Log.Of(1010));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StrangerAtTheRdmaPort_IsTurnedAway(bool asksAtSyn)
    {
        var adapter = Rnic(asksAtSyn);
        await using var bench = StackBench.Configured(NamesClients, adapter);
        await using var listener = await bench.ListenAsync();

        var (_, refusal) = await adapter.Listeners.Single().KnockAsync(Stranger);

        if (asksAtSyn)
            Assert.True(refusal.Is(ToeReasons.CapabilityModel));
        await StackBench.UntilAsync(() => adapter.Sockets.All(socket => !adapter.Live.Contains(socket)));
    }

    [Fact]
    public async Task WithoutARule_TheRdmaSideDoesNotListen()
    {
        var adapter = Rnic(asksAtSyn: false);
        await using var bench = StackBench.Create(adapter);
        await using var listener = await bench.ListenAsync();

        Assert.Empty(adapter.Listeners);
        Assert.True(listener.Trace.Reason.Is(ToeReasons.CapabilityModel));
        await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.ListenAsync(mode: ToeMode.Require));
    }

    [Fact]
    public async Task RuleThatChangesItsPort_MovesTheRdmaSide_AndOneThatGoes_EndsIt()
    {
        var adapter = Rnic(asksAtSyn: false);
        await using var bench = StackBench.Configured(new Dictionary<string, string?>(NamesClients, StringComparer.Ordinal), adapter);
        await using var listener = await bench.ListenAsync();
        var first = adapter.Listeners.Single();

        bench.Configuration["Toe:Policy:Rules:0:RdmaPort"] = "7472";
        bench.Configuration.Reload();
        await bench.RunUntilAsync(() => adapter.Listeners.Count == 2);
        Assert.Equal((true, 7472), (first.IsDisposed, adapter.Listeners.Last().LocalEndPoint.Port));

        bench.Configuration["Toe:Policy:Rules:0:RdmaPort"] = null;
        bench.Configuration.Reload();
        await bench.RunUntilAsync(() => adapter.Listeners.Last().IsDisposed);
        using var client = new TcpClient();
        await client.ConnectAsync(listener.LocalEndPoint, None); // The plain side saw nothing of it.
        await using var plain = await listener.AcceptAsync(None);
    }

    private static ScriptedAdapter Rnic(bool asksAtSyn)
    {
        var adapter = new ScriptedAdapter("rnic", OffloadModel.Rdma);
        if (!asksAtSyn)
        {
            adapter.Change(status => status with
            {
                Capabilities = status.Capabilities with { Features = Facts.Queried(status.Capabilities.Features.Value & ~AdapterFeatures.AdmitsAtSyn) },
            });
        }

        return adapter;
    }
}
