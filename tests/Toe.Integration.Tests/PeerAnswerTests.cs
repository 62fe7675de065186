using System.Globalization;
using System.Runtime.Versioning;

namespace Toe.Integration.Tests;

/// <summary>An answer of the peer or the network reaches the caller once, the same from an adapter and from the host stack, and there is one SYN on the wire.</summary>
[SupportedOSPlatform("linux")]
public sealed class PeerAnswerTests
{
    [Fact]
    public async Task RefusedPeer_IsTheSameErrorOnAdapterAndHost_WithOneSyn()
    {
        await using var bench = await TapBench.CreateAsync();
        var resetsBefore = await ResetsSentAsync(bench);
        var offloaded = await ConnectAsync(bench, TapBench.KernelAddress + ":9");
        var resets = await ResetsSentAsync(bench) - resetsBefore;
        var onHost = await bench.Network.RunAsync(TapBench.Toe("connect", "127.0.0.1:9", "--mode", "forbid"));
        Assert.Equal((1, "toe: Connection refused"), (offloaded.ExitCode, offloaded.Errors.Trim()));
        Assert.Equal((onHost.ExitCode, onHost.Errors), (offloaded.ExitCode, offloaded.Errors));
        Assert.Equal(1, resets); // The kernel answers every SYN to a closed port with one RST: it saw one, and the host stack sent none.
    }

    [Fact]
    public async Task UnreachablePeer_IsTheSameErrorOnAdapterAndHost()
    {
        await using var bench = await TapBench.CreateAsync();
        await bench.Network.IpAsync("route", "add", "unreachable", "10.99.0.0/16");
        await using var listener = (await bench.ListenAsync([], "--echo", "--adapter", TapBench.Adapter())).Process; // Answers ARP, so that the link is up.
        var onHost = await bench.Network.RunAsync(TapBench.Toe("connect", "10.77.0.99:9", "--mode", "forbid"));
        await listener.DisposeAsync();
        var offloaded = await ConnectAsync(bench, "10.77.0.99:9");
        Assert.Equal((1, "toe: No route to host"), (offloaded.ExitCode, offloaded.Errors.Trim()));
        Assert.Equal((onHost.ExitCode, onHost.Errors), (offloaded.ExitCode, offloaded.Errors));
    }

    private static Task<Testing.ProcessAnswer> ConnectAsync(TapBench bench, string peer) =>
        bench.Network.RunAsync(TapBench.Toe("connect", peer, "--adapter", TapBench.Adapter()));

    /// <summary>OutRsts of the namespace's kernel (proc_net_snmp).</summary>
    private static async Task<int> ResetsSentAsync(TapBench bench)
    {
        var lines = (await bench.Network.RunAsync("cat", "/proc/net/snmp")).Good().Output.Split('\n').Where(line => line.StartsWith("Tcp:", StringComparison.Ordinal)).ToArray();
        var column = Array.IndexOf(lines[0].Split(' '), "OutRsts");
        return int.Parse(lines[1].Split(' ')[column], CultureInfo.InvariantCulture);
    }
}
