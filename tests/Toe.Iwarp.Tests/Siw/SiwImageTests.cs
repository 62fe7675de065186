using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Toe.Iwarp.Siw;
using Toe.Linux;
using Toe.Testing;

namespace Toe.Iwarp.Tests.Siw;

/// <summary>Soft-iWARP on a replayed host: every decision, and no connection. The data path is proven in the guest.</summary>
public sealed class SiwImageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IPEndPoint OnLink { get; } = new(IPAddress.Parse("198.51.100.99"), 443);

    [Fact]
    public async Task Adapter_SaysWhatItIs_AndIsNeverTakenForHardware()
    {
        await using var stack = await StartAsync(HostImage.Open(Repository.PathOf("samples", "images", "siw")));
        var adapter = Assert.Single(stack.Adapters);
        Assert.Equal(("siw:eth2", "Soft-iWARP", EvidenceLevel.E2), (adapter.Identity.Id, adapter.Identity.Model, adapter.Identity.Evidence));
        Assert.Equal((AdapterHealth.Healthy, "ToeActive", new FirmwareVersion(6, 12, 117)), (adapter.Status.Health, adapter.Status.Rung, adapter.Status.Firmware!.Value));
        Assert.Equal((OffloadModel.Rdma, AddressModel.SharedWithHost), (adapter.Status.Capabilities.Model, adapter.Status.Capabilities.Addresses));
    }

    [Fact]
    public async Task NamedPeerOnItsLink_IsEligible_AndTheConnectionIsReplayed()
    {
        await using var stack = await StartAsync(HostImage.Open(Repository.PathOf("samples", "images", "siw")));
        var trace = stack.Explain(new ToeConnectRequest(OnLink));
        Assert.Equal("siw:eth2", trace.AdapterId);
        var thrown = await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => stack.ConnectAsync(new ToeConnectRequest(OnLink) { Mode = ToeMode.Require }, Token).AsTask());
        Assert.True(thrown.Trace.Reason.Is(ToeReasons.EnvironmentReplayed), thrown.Trace.ToString());
    }

    [Theory]
    [InlineData("203.0.113.7", "Route.NotThroughAdapter")] // by the default route, through eth0
    [InlineData("127.0.0.1", "Route.Loopback")]
    [InlineData("192.0.2.10", "Route.Loopback")] // the host's own, on another interface
    public async Task OtherPeers_AreNot(string peer, string reason)
    {
        await using var stack = await StartAsync(HostImage.Open(Repository.PathOf("samples", "images", "siw")), named: "0.0.0.0/0");
        Assert.Equal(reason, stack.Explain(new ToeConnectRequest(new IPEndPoint(IPAddress.Parse(peer), 443))).Reason.Name);
    }

    [Fact]
    public async Task ItsOwnAddress_IsReached_SinceSoftwareLoopsBack()
    {
        await using var stack = await StartAsync(HostImage.Open(Repository.PathOf("samples", "images", "siw")));
        Assert.Equal("siw:eth2", stack.Explain(new ToeConnectRequest(new IPEndPoint(IPAddress.Parse("198.51.100.10"), 443))).AdapterId);
    }

    [Fact]
    public async Task DeviceThatGoes_IsRemoved_AndComesBackAsTheSameAdapter()
    {
        var image = HostImage.Open(Repository.PathOf("samples", "images", "siw"));
        await using var stack = await StartAsync(image);
        await MoveToAsync(image, "removed", () => stack.Adapters.Count == 0);
        Assert.True(stack.Explain(new ToeConnectRequest(OnLink)).Reason.Is(ToeReasons.EnvironmentNoAdapter));
        await MoveToAsync(image, "returned", () => stack.Adapters.Count == 1);
        Assert.Equal("siw:eth2", stack.Adapters.Single().Identity.Id);
        await UntilAsync(() => stack.Explain(new ToeConnectRequest(OnLink)).AdapterId is not null); // Judged again first.
    }

    [Fact]
    public async Task CardsDevice_IsNotIts()
    {
        await using var stack = await StartAsync(HostImage.Open(Repository.PathOf("samples", "images", "t5-iwarp")));
        Assert.Empty(stack.Adapters);
    }

    [Fact]
    public async Task MachineWithoutTheLibraryOrDevices_HasNoAdapterAndGoesOn()
    {
        await using var stack = ToeStack.Create(toe => Configure(toe, "0.0.0.0/0").AddSiw());
        await stack.StartAsync(Token);
        using var server = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using var connection = await stack.ConnectAsync(new ToeConnectRequest(server.LocalEndpoint), Token);
        Assert.True(connection.Placement.IsHostStack);
    }

    private static async Task<ToeStack> StartAsync(HostImage image, string named = "198.51.100.0/24")
    {
        var stack = ToeStack.Create(toe => Configure(toe, named).UseHost(image).AddSiw());
        await stack.StartAsync(Token);
        return stack;
    }

    private static IToeBuilder Configure(IToeBuilder toe, string named)
    {
        toe.Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Toe:Diagnostics:Endpoint", "false"), new("Toe:Policy:Rules:0:Name", "named"), new("Toe:Policy:Rules:0:Remote", named), new("Toe:Policy:Rules:0:RdmaPort", "7471"),
        ]).Build());
        return toe;
    }

    private static Task MoveToAsync(HostImage image, string moment, Func<bool> noticed)
    {
        image.MoveTo(moment);
        return UntilAsync(noticed);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
    }
}
