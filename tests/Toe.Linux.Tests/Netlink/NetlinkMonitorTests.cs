using System.Net;
using System.Runtime.Versioning;
using System.Threading.Channels;
using Toe.Testing;

namespace Toe.Linux.Tests;

[SupportedOSPlatform("linux")]
public sealed class NetlinkMonitorTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Reports_links_addresses_and_routes_that_come_and_go()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        var changes = Channel.CreateUnbounded<NetlinkChange>();
        using var monitor = await space.InsideAsync(() => new NetlinkMonitor(NetlinkTopics.All, change => changes.Writer.TryWrite(change)));

        await space.IpAsync("link", "add", "d0", "type", "veth", "peer", "name", "e0");
        await SeeAsync(changes, change => change is { Kind: NetlinkChangeKind.LinkChanged, Link.Name: "d0", Link.IsUp: false });
        await space.IpAsync("link", "set", "d0", "up");
        await SeeAsync(changes, change => change is { Kind: NetlinkChangeKind.LinkChanged, Link.Name: "d0", Link.IsUp: true });
        await space.AddAddressesAsync("d0", "10.7.0.1/24");
        await SeeAsync(changes, change => change.Kind == NetlinkChangeKind.AddressChanged
            && change.Address!.Address.Equals(IPAddress.Parse("10.7.0.1")));
        await space.IpAsync("route", "add", "192.0.2.0/24", "via", "10.7.0.254");
        await SeeAsync(changes, change => change.Kind == NetlinkChangeKind.RouteChanged
            && IPAddress.Parse("10.7.0.254").Equals(change.Route!.Gateway));
        await space.IpAsync("route", "delete", "192.0.2.0/24");
        await SeeAsync(changes, change => change.Kind == NetlinkChangeKind.RouteRemoved);
        await space.IpAsync("address", "delete", "10.7.0.1/24", "dev", "d0");
        await SeeAsync(changes, change => change.Kind == NetlinkChangeKind.AddressRemoved);
        await space.IpAsync("link", "delete", "d0");
        await SeeAsync(changes, change => change is { Kind: NetlinkChangeKind.LinkRemoved, Link.Name: "d0" });
    }

    [Fact]
    public async Task Lost_events_are_announced()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        using var held = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var changes = Channel.CreateUnbounded<NetlinkChange>();
        using var monitor = await space.InsideAsync(() => new NetlinkMonitor(NetlinkTopics.Routes, change =>
        {
            entered.Set();
            held.Wait(Limit);
            changes.Writer.TryWrite(change);
        }));
        await space.IpAsync("link", "add", "d0", "type", "veth", "peer", "name", "e0");
        await space.IpAsync("link", "set", "e0", "up");
        await space.IpAsync("link", "set", "d0", "up");
        await space.IpAsync("route", "add", "10.0.0.0/24", "dev", "d0");
        Assert.True(entered.Wait(Limit, TestContext.Current.CancellationToken));

        // The default receive buffer holds a few hundred of these.
        await using (var batch = space.Start("ip", "-batch", "-"))
        {
            for (var number = 0; number < 5000; number++)
                await batch.WriteLineAsync($"route add 10.1.{Bytes.Number(number / 250)}.{Bytes.Number(number % 250)} dev d0");
            batch.CloseInput();
            (await batch.WaitAsync()).Good();
        }

        held.Set();
        await SeeAsync(changes, change => change.Kind == NetlinkChangeKind.Resync);
        // It listens on.
        await space.IpAsync("route", "delete", "10.0.0.0/24", "dev", "d0");
        await SeeAsync(changes, change => change.Kind == NetlinkChangeKind.RouteRemoved);
    }

    [Fact]
    public async Task A_throwing_listener_does_not_end_the_listening()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        var failures = Channel.CreateUnbounded<Exception>();
        using var monitor = await space.InsideAsync(() => new NetlinkMonitor(
            NetlinkTopics.Links, _ => throw new InvalidOperationException("listener"), failure => failures.Writer.TryWrite(failure)));

        for (var round = 0; round < 2; round++)
        {
            await space.IpAsync("tuntap", "add", "dev", "d" + Bytes.Number(round), "mode", "tap");
            using var limit = new CancellationTokenSource(Limit);
            Assert.Equal("listener", (await failures.Reader.ReadAsync(limit.Token)).Message);
        }
    }

    [Fact]
    public async Task Disposal_ends_the_thread_at_once_also_twice_and_from_the_callback()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        var calls = 0;
        NetlinkMonitor? self = null;
        using var published = new ManualResetEventSlim();
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        self = await space.InsideAsync(() => new NetlinkMonitor(NetlinkTopics.Links, _ =>
        {
            published.Wait(Limit);
            Interlocked.Increment(ref calls);
            self!.Dispose();
            gone.TrySetResult();
        }));
        published.Set();

        await space.IpAsync("link", "add", "d0", "type", "veth", "peer", "name", "e0");
        await gone.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        self.Dispose();
        await space.IpAsync("link", "add", "d1", "type", "veth", "peer", "name", "e1");

        Assert.Equal(1, calls);
    }

    private static async Task SeeAsync(Channel<NetlinkChange> changes, Func<NetlinkChange, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!wanted(await changes.Reader.ReadAsync(limit.Token)))
        {
        }
    }
}
