using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Toe.Chelsio.Tests.Images;

/// <summary>A card under the kernel's own drivers has no TOE, and iWARP.</summary>
public sealed class IwarpTests
{
    [Fact]
    public async Task CardWithIwCxgb4_IsTwoAdapters_EachWithItsModel()
    {
        await using var bench = await ImageBench.StartAsync("t5-iwarp");
        Assert.Equal(["chelsio:0000:05:00.4", "chelsio:0000:05:00.4/iwarp"], bench.Stack.Adapters.Select(adapter => adapter.Identity.Id));
        var (card, iwarp) = (bench.Stack.Adapters.First(), bench.Stack.Adapters.Last());
        Assert.Equal((OffloadModel.KernelManaged, "NicOnly"), (card.Status.Capabilities.Model, card.Status.Rung));
        Assert.Equal((OffloadModel.Rdma, "ToeActive", AdapterHealth.Healthy), (iwarp.Status.Capabilities.Model, iwarp.Status.Rung, iwarp.Status.Health));
        Assert.Equal((card.Status.Firmware, EvidenceLevel.E1), (iwarp.Status.Firmware, iwarp.Identity.Evidence));
        Assert.True(iwarp.Status.Capabilities.Bypasses.Value.HasFlag(HostBypass.NetfilterIn | HostBypass.Qdisc | HostBypass.Xfrm));
    }

    [Fact]
    public async Task PeerThatIsNamed_GoesToIwarp_AndOnAReplayedHostToTheHost()
    {
        using var image = ImageBench.Open("t5-iwarp");
        await using var stack = ToeStack.Create(toe =>
        {
            toe.Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
                [new("Toe:Diagnostics:Endpoint", "false"), new("Toe:Policy:Rules:0:Name", "storage"), new("Toe:Policy:Rules:0:RdmaPort", "7471")]).Build());
            toe.UseHost(image).AddChelsio();
        });
        await stack.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("chelsio:0000:05:00.4/iwarp", stack.Explain(new ToeConnectRequest(ImageBench.OnCard)).AdapterId);
        using var server = ImageBench.HostServer();
        await using var connection = await stack.ConnectAsync(new ToeConnectRequest(server.LocalEndpoint), TestContext.Current.CancellationToken);
        Assert.True(connection.Placement.IsHostStack);
    }

    [Fact]
    public async Task CardWithoutIt_IsOneAdapter()
    {
        await using var bench = await ImageBench.StartAsync("t5-inbox");
        Assert.Single(bench.Stack.Adapters);
    }
}
