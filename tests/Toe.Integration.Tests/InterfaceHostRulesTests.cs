using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>A rule of the host's packet filter that an offload on a real interface would walk around.</summary>
[SupportedOSPlatform("linux")]
public sealed class InterfaceHostRulesTests
{
    [Fact]
    public async Task ConnectionIsTheHosts_AndTheTraceNamesTheRule()
    {
        Needs.Tool("nft");
        await using var bench = await SharedInterfaceBench.CreateAsync();
        const string Port = "4711"; // Of the namespace, which is the test's own.
        (await bench.Host.RunAsync("nft", $$"""table inet limits { chain in { type filter hook input priority 0; tcp dport {{Port}} ct state new meta mark set 1; }; }""")).Good();
        var (program, endpoint) = await bench.ListenAsync($"{SharedInterfaceBench.Address}:{Port}", [SharedInterfaceBench.Device], "--echo");
        await using var owned = program;
        using var ruled = await bench.ConnectAsync(endpoint);
        await SharedInterfaceBench.EchoAsync(ruled, new Pattern(1));
        Assert.Equal("HostStack", (await SharedInterfaceBench.ReportAsync(program, ruled)).Placement);
        Assert.Contains("HostRules  Refuse, Environment.HostRules (inet limits in handle ", await ExplainAsync(bench, Port), StringComparison.Ordinal);

        // The control: another port is not the rule's.
        var (free, other) = await bench.ListenAsync(SharedInterfaceBench.Address + ":4712", [SharedInterfaceBench.Device], "--echo");
        await using var ownedToo = free;
        using var offloaded = await bench.ConnectAsync(other);
        await SharedInterfaceBench.EchoAsync(offloaded, new Pattern(2));
        Assert.Equal(SharedInterfaceBench.Card, (await SharedInterfaceBench.ReportAsync(free, offloaded)).Placement);
        Assert.DoesNotContain("inet limits", await ExplainAsync(bench, "4712"), StringComparison.Ordinal);
    }

    private static async Task<string> ExplainAsync(SharedInterfaceBench bench, string port) => (await bench.Host.RunAsync(
        TapBench.Toe("explain", "--listen", $"{SharedInterfaceBench.Address}:{port}", "--adapter", "emulated:interface=" + SharedInterfaceBench.Device))).Output;
}
