using System.Runtime.Versioning;
using System.Text.Json;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>A card on an interface needs CAP_NET_ADMIN and CAP_BPF, no more; without one of them the reason names it.</summary>
[SupportedOSPlatform("linux")]
public sealed class InterfacePrivilegeTests
{
    [Fact]
    public async Task ExactlyBothCapabilities_AreEnough()
    {
        await using var space = await MakeAsync();

        var adapters = await AdaptersAsync(space, "+net_admin,+bpf");

        Assert.Equal("emulated:eth0", adapters.GetProperty("adapters")[0].GetProperty("id").GetString());
        Assert.Empty(adapters.GetProperty("notTaken").EnumerateArray());
    }

    [Theory]
    [InlineData("+bpf", "CAP_NET_ADMIN")]
    [InlineData("+net_admin", "CAP_BPF")]
    public async Task EnvironmentPrivilege_names_the_capability_that_is_missing(string given, string missing)
    {
        await using var space = await MakeAsync();

        var adapters = await AdaptersAsync(space, given);

        Assert.Empty(adapters.GetProperty("adapters").EnumerateArray());
        var reason = adapters.GetProperty("notTaken")[0].GetProperty("reason").GetString()!;
        Assert.StartsWith("Environment.Privilege", reason, StringComparison.Ordinal);
        Assert.Contains(missing, reason, StringComparison.Ordinal);
    }

    private static async Task<NetworkNamespace> MakeAsync()
    {
        Needs.Root();
        Needs.Tool("setpriv");
        var space = await NetworkNamespace.CreateAsync();
        await space.IpAsync("link", "add", "eth0", "type", "veth", "peer", "name", "eth1");
        await space.IpAsync("link", "set", "eth0", "up");
        return space;
    }

    private static async Task<JsonElement> AdaptersAsync(NetworkNamespace space, string capabilities)
    {
        var only = "-all," + capabilities;
        var answer = await space.RunAsync(
            ["setpriv", "--inh-caps", only, "--ambient-caps", only, "--bounding-set", only, // The user stays: /dev/net/tun is root's on some machines.
            .. TapBench.Toe("adapters", "--json", "--adapter", "emulated:interface=eth0")]);
        return JsonDocument.Parse(answer.Output).RootElement;
    }
}
