using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>A router on the way says that it goes no further: the engine gives the error that the host's TCP gives for the same ICMP message.</summary>
[SupportedOSPlatform("linux")]
public sealed class RoutedPeerTests
{
    [Theory]
    [InlineData("unreachable", "10.99.1.1:9", "toe: No route to host")] // ICMP 3/1
    [InlineData("prohibit", "10.99.1.1:9", "toe: No route to host")] // ICMP 3/13
    [InlineData("", "10.99.1.1:9", "toe: Network is unreachable")] // ICMP 3/0: the router has no route.
    [InlineData("prohibit", "[fd99::1]:9", "toe: Permission denied")] // ICMPv6 1/1
    [InlineData("", "[fd99::1]:9", "toe: Network is unreachable")] // ICMPv6 1/0
    public async Task IcmpUnreachable_IsTheSameErrorOnAdapterAndHost(string route, string peer, string error)
    {
        await using var bench = await TapBench.CreateAsync();
        await using var router = await NetworkNamespace.CreateAsync();
        await ConnectAsync(bench, router);
        if (route.Length > 0)
        {
            await router.IpAsync("route", "add", route, "10.99.0.0/16");
            await router.IpAsync("route", "add", route, "fd99::/16");
        }

        var adapter = $"emulated:tap={TapBench.Device},address={TapBench.EngineAddress}/24,address=fd77::2/64,gateway={TapBench.KernelAddress},gateway=fd77::1";
        var onHost = await bench.Network.RunAsync(TapBench.Toe("connect", peer, "--mode", "forbid"));
        var offloaded = await bench.Network.RunAsync(TapBench.Toe("connect", peer, "--adapter", adapter, "--mode", "require"));

        Assert.Equal((1, error), (onHost.ExitCode, onHost.Errors.Trim()));
        Assert.Equal((onHost.ExitCode, onHost.Errors), (offloaded.ExitCode, offloaded.Errors));
    }

    /// <summary>The bench's kernel forwards between the TAP device and a router, which knows the way back.</summary>
    private static async Task ConnectAsync(TapBench bench, NetworkNamespace router)
    {
        await bench.Network.AddAddressesAsync(TapBench.Device, "fd77::1/64");
        await bench.Network.AddVethAsync("uplink", router, "downlink");
        await bench.Network.AddAddressesAsync("uplink", "10.88.0.1/24", "fd88::1/64");
        await router.AddAddressesAsync("downlink", "10.88.0.2/24", "fd88::2/64");
        foreach (var network in new[] { bench.Network, router })
        {
            (await network.RunAsync("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward && echo 1 >/proc/sys/net/ipv6/conf/all/forwarding")).Good();
        }

        await bench.Network.IpAsync("route", "add", "10.99.0.0/16", "via", "10.88.0.2");
        await bench.Network.IpAsync("route", "add", "fd99::/16", "via", "fd88::2");
        await router.IpAsync("route", "add", "10.77.0.0/24", "via", "10.88.0.1");
        await router.IpAsync("route", "add", "fd77::/64", "via", "fd88::1");
    }
}
