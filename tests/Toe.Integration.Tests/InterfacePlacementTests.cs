using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>What sends a connection to and fro, with the kernel and the real engine on one interface: policy, promotion, a card that fails, the host's packet filter, and sockets that the application already has.</summary>
[SupportedOSPlatform("linux")]
public sealed class InterfacePlacementTests
{
    private const int Seed = 21;
    private const int Bytes = 50_000;

    [Fact]
    public async Task PolicyThatForbids_SendsTheConnectionToTheKernel_AndItReturnsWhenPolicyAllowsIt()
    {
        await using var probe = await CommandedProbe.StartAsync(Seed);
        await OnAdapterAsync(probe);

        await probe.AskAsync("set Toe:Mode=Forbid");
        await OnHostAsync(probe, "Policy.Forbidden");

        await probe.AskAsync("set Toe:Mode=Prefer");
        await OnAdapterAsync(probe);
        await EndAsync(probe);
    }

    [Fact]
    public async Task ConnectionThatBeginsOnTheHost_IsPromoted_WhenItHasMovedEnough()
    {
        await using var probe = await CommandedProbe.StartAsync(
            Seed, arguments: ["Toe:Placement:StartOnHost=true", "Toe:Placement:Promotion:Bytes=1000000"]);
        await OnHostAsync(probe, "Quality.StartsOnHost");

        await probe.TalkAsync(600_000); // Each way.
        await OnAdapterAsync(probe);
        await EndAsync(probe);
    }

    [Fact]
    public async Task CardThatFails_LosesNoConnection_AndItsListenerKeepsThePort()
    {
        await using var probe = await CommandedProbe.StartAsync(Seed, connections: 2);
        await OnAdapterAsync(probe);

        await probe.AskAsync("fail");
        await OnHostAsync(probe, "Health.Failed");

        await probe.NextAsync();
        await OnHostAsync(probe, "");
        await EndAsync(probe);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RuleOfThePacketFilter_IsWalkedAround_OnlyWhereTheOptionAllowsThat(bool allowed)
    {
        Needs.Tool("nft");
        await using var probe = await CommandedProbe.StartAsync(Seed, arguments: ["Toe:AllowBypass=" + allowed], prepare: static async bench =>
            (await bench.Host.RunAsync("nft", "table inet limits { chain in { type filter hook input priority 0; ip saddr 10.7.0.2 ct state new meta mark set 1; }; }")).Good());

        if (allowed)
            await OnAdapterAsync(probe);
        else
            await OnHostAsync(probe, "Environment.HostRules");
        await EndAsync(probe);
    }

    [Fact]
    public async Task SocketOfDotNet_ThatTheStackAdopts_MovesToTheAdapterAndBack()
    {
        await using var probe = await CommandedProbe.StartAsync(Seed, arguments: ["adopted"]);

        for (var move = 0; move < 4; move++)
        {
            var (isOnHost, _) = await probe.MoveAsync();
            await probe.UntilListedAsync(isOnHost ? "ESTAB" : null);
            await probe.TalkAsync(Bytes);
        }

        await EndAsync(probe);
    }

    private static async Task OnAdapterAsync(CommandedProbe probe)
    {
        Assert.StartsWith(SharedInterfaceBench.Card + ":", await probe.AskAsync("until adapter"), StringComparison.Ordinal);
        await probe.UntilListedAsync(null);
        await probe.TalkAsync(Bytes);
    }

    private static async Task OnHostAsync(CommandedProbe probe, string reason)
    {
        Assert.StartsWith("host: " + reason, await probe.AskAsync("until host"), StringComparison.Ordinal);
        await probe.UntilListedAsync("ESTAB");
        await probe.TalkAsync(Bytes);
    }

    private static async Task EndAsync(CommandedProbe probe) => Assert.DoesNotContain("\"failure\":\"", await probe.FinishAsync(), StringComparison.Ordinal);
}
