using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Linux.Tests;

/// <summary>TAP devices of a real kernel, in a namespace of the test's own.</summary>
[SupportedOSPlatform("linux")]
public sealed class TapDeviceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Reads_what_the_kernel_sends_and_writes_what_it_receives()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        await space.AddTapAsync("tap0", 0, "10.9.0.1/24");

        await space.InsideAsync(() =>
        {
            using var device = TapDevice.Attach("tap0");
            Assert.Equal("tap0", device.Name);
            Assert.Equal(1500, device.Mtu);
            Assert.True(device.IsUp);
            Assert.Equal(LinkTable.Read().Single(link => link.Name == "tap0").Index, device.InterfaceIndex);
            Assert.Equal(LinkTable.Read().Single(link => link.Name == "tap0").HardwareAddress, device.HardwareAddress);

            using var sender = new System.Net.Sockets.UdpClient("10.9.0.2", 9);
            sender.Send([1, 2, 3]);
            var header = new byte[TapDevice.EthernetHeaderLength];
            var payload = new byte[device.Mtu];
            var arp = WaitFor(device, header, payload, frame => frame[12] == 8 && frame[13] == 6);
            Assert.Equal(28, arp - TapDevice.EthernetHeaderLength);

            // Answer with 02:00:00:00:00:01, as RFC 826 says; the datagram follows.
            byte[] answer = [.. payload[..8], 2, 0, 0, 0, 0, 1, 10, 9, 0, 2, .. payload[8..18]];
            answer[7] = 2;
            byte[] answerHeader = [.. header[6..12], 2, 0, 0, 0, 0, 1, 8, 6];
            Assert.Equal(TapStatus.Done, device.TryWrite(answerHeader, answer));
            WaitFor(device, header, payload, frame => frame[12] == 8 && frame[13] == 0 && frame[5] == 1);
            Assert.Equal(17, payload[9]);
        });
    }

    [Fact]
    public async Task A_missing_device_is_an_error_with_a_remedy_and_is_not_made()
    {
        await using var space = await NetworkNamespace.CreateAsync();

        await space.InsideAsync(() =>
        {
            var failure = Assert.Throws<LinuxException>(() => TapDevice.Attach("tap9"));
            Assert.Equal("ENODEV", failure.ErrorName);
            Assert.Contains("ip tuntap add dev tap9 mode tap user 0", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(LinkTable.Read(), link => link.Name == "tap9");
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("sixteen-bytes-xx")]
    [InlineData("a/b")]
    [InlineData("tap%d")]
    [InlineData("a b")]
    public void A_name_no_interface_can_have_is_the_callers_mistake(string name) =>
        Assert.Throws<ArgumentException>(() => TapDevice.Attach(name));

    [Fact]
    public async Task A_device_in_use_is_busy_and_another_interface_is_no_TAP_device()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        await space.AddTapAsync("tap0", 0);

        await space.InsideAsync(() =>
        {
            using var device = TapDevice.Attach("tap0");
            Assert.Equal("EBUSY", Assert.Throws<LinuxException>(() => TapDevice.Attach("tap0")).ErrorName);
            var other = Assert.Throws<LinuxException>(() => TapDevice.Attach("lo"));
            Assert.Equal("EINVAL", other.ErrorName);
            Assert.Contains("not a TAP device", other.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Attaches_to_every_queue_and_to_none_of_a_device_with_one()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        await space.AddTapAsync("tap0", 0, severalQueues: true);
        await space.AddTapAsync("tap1", 0);

        await space.InsideAsync(() =>
        {
            var queues = TapDevice.AttachQueues("tap0", 3);
            Assert.Equal(3, queues.Count);
            Assert.Single(queues.Select(queue => queue.InterfaceIndex).Distinct());
            foreach (var queue in queues)
                queue.Dispose();

            var refused = Assert.Throws<LinuxException>(() => TapDevice.AttachQueues("tap1", 2));
            Assert.Equal("EINVAL", refused.ErrorName);
            Assert.Contains("ip tuntap add dev tap1 mode tap multi_queue user 0", refused.Message, StringComparison.Ordinal);
            TapDevice.AttachQueues("tap1", 1)[0].Dispose();
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void Number_of_queues_is_limited(int count) => Assert.Throws<ArgumentOutOfRangeException>(() => TapDevice.AttachQueues("tap0", count));

    [Fact]
    public async Task Attaches_to_a_device_made_for_several_queues()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        await space.IpAsync("tuntap", "add", "dev", "tap0", "mode", "tap", "multi_queue", "vnet_hdr");

        await space.InsideAsync(() =>
        {
            using var device = TapDevice.Attach("tap0");
            Assert.False(device.IsUp);
        });
    }

    [Theory]
    [InlineData]
    [InlineData("vnet_hdr")]
    [InlineData("multi_queue")]
    [InlineData("multi_queue", "vnet_hdr")]
    public async Task Offloads_are_the_readers_choice_however_the_device_was_made(params string[] made)
    {
        await using var space = await NetworkNamespace.CreateAsync();
        await space.IpAsync(["tuntap", "add", "dev", "tap0", "mode", "tap", .. made]);
        await space.AddAddressesAsync("tap0", "10.9.0.1/24");
        await space.IpAsync("link", "set", "tap0", "up");
        await space.IpAsync("neighbor", "add", "10.9.0.2", "lladdr", "02:00:00:00:00:02", "dev", "tap0");

        await space.InsideAsync(() =>
        {
            // The second owner finds what the first one left.
            foreach (var enabled in (bool[])[true, false])
            {
                using var device = TapDevice.Attach("tap0");
                Assert.True(!enabled || device.TrySetOffloads(true));
                using var sender = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { Blocking = false };
                try
                {
                    sender.Connect("10.9.0.2", 9);
                }
                catch (System.Net.Sockets.SocketException)
                {
                    // In progress: all that is wanted is the SYN.
                }

                var offload = new byte[VirtioNetHeader.Length];
                var header = new byte[TapDevice.EthernetHeaderLength];
                var packet = new byte[65535];
                using var limit = new CancellationTokenSource(Limit);
                var bytes = 0;
                while (device.TryRead(offload, header, packet, out bytes) != TapStatus.Done || packet[9] != 6)
                {
                    limit.Token.ThrowIfCancellationRequested();
                    device.Wait(TimeSpan.FromSeconds(1));
                }

                Assert.Equal(TapDevice.EthernetHeaderLength + (packet[2] << 8 | packet[3]), bytes);
                Assert.True(VirtioNetHeader.TryRead(offload, out var left));
                Assert.Equal(enabled, left.ChecksumIsPartial);
                if (enabled)
                    Assert.Equal((34, 16), (left.ChecksumStart, left.ChecksumOffset));
            }
        });
    }

    [Fact]
    public async Task A_device_made_on_demand_is_up_and_goes_with_its_owner()
    {
        await using var space = await NetworkNamespace.CreateAsync();

        await space.InsideAsync(() =>
        {
            using (var device = TapDevice.Create("tap0"))
            {
                Assert.True(device.IsUp);
                Assert.Equal("EBUSY", Assert.Throws<LinuxException>(() => TapDevice.Create("tap0")).ErrorName);
            }

            Assert.DoesNotContain(LinkTable.Read(), link => link.Name == "tap0");
        });
    }

    [Fact]
    public async Task Down_and_removed_are_values()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        await space.AddTapAsync("tap0", 0);
        var frame = new byte[60];
        using var device = await space.InsideAsync(() => TapDevice.Attach("tap0"));

        Assert.Equal(TapStatus.Refused, device.TryWrite(frame.AsSpan(0, 10)));
        await space.IpAsync("link", "set", "tap0", "down");
        Assert.False(device.IsUp);
        Assert.Equal(TapStatus.Down, device.TryWrite(frame));

        await space.IpAsync("link", "delete", "tap0");
        Assert.False(device.IsUp);
        Assert.Equal(TapStatus.Removed, device.TryRead(frame, out _));
        Assert.Equal(TapStatus.Removed, device.TryWrite(frame));
        Assert.True(device.IsRemoved);
        Assert.Throws<LinuxException>(() => device.Mtu);
        // It does not spin on the dead descriptor: only a wake ends this wait.
        device.Wake();
        device.Wait(Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public async Task Removal_ends_a_wait()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        await space.AddTapAsync("tap0", 0);
        using var device = await space.InsideAsync(() => TapDevice.Attach("tap0"));
        var waiting = space.InsideAsync(() =>
        {
            while (!device.IsRemoved)
                device.Wait(Timeout.InfiniteTimeSpan);
        });

        await space.IpAsync("link", "delete", "tap0");

        await waiting.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task No_wake_is_lost()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        await space.AddTapAsync("tap0", 0);
        using var device = await space.InsideAsync(() => TapDevice.Attach("tap0"));
        const int rounds = 20_000;
        var asked = 0;
        var seen = 0;
        var waiter = space.InsideAsync(() =>
        {
            while (Volatile.Read(ref seen) < rounds)
            {
                device.Wait(Timeout.InfiniteTimeSpan);
                Volatile.Write(ref seen, Volatile.Read(ref asked));
            }
        });

        for (var round = 1; round <= rounds; round++)
        {
            Volatile.Write(ref asked, round);
            device.Wake();
            var spin = new SpinWait();
            while (round % 7 == 0 && Volatile.Read(ref seen) < round)
                spin.SpinOnce();
        }

        await waiter.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_disposed_device_answers_without_harm()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        await space.AddTapAsync("tap0", 0);
        var device = await space.InsideAsync(() => TapDevice.Attach("tap0"));

        device.Dispose();
        device.Dispose();
        device.Wake();

        Assert.Equal(TapStatus.Removed, device.TryRead(new byte[60], out var bytes));
        Assert.Equal(0, bytes);
        Assert.False(device.IsUp);
        Assert.Throws<ObjectDisposedException>(() => device.Wait(TimeSpan.Zero));
    }

    [Theory]
    [InlineData(65534, true, "attached tap0 mtu 1500 up True")]
    [InlineData(65533, true, "EPERM")]
    [InlineData(65534, false, "EACCES")]
    public async Task Attaching_needs_no_capability_only_the_owners_user(int owner, bool openToAll, string expected)
    {
        await using var space = await NetworkNamespace.CreateAsync();
        foreach (var tool in (string[])["unshare", "setpriv", "mknod", "dotnet"])
            Needs.Tool(tool);
        await space.AddTapAsync("tap0", owner, "10.9.0.1/24");
        var probe = Path.Combine(AppContext.BaseDirectory, "Toe.TapProbe.dll");
        // The host's own /dev/net/tun keeps its mode: the child gets one of its own in a mount namespace of its own.
        var script = $"""
            mount -t tmpfs none /dev/net && mknod /dev/net/tun c 10 200 && chmod {(openToAll ? "666" : "600")} /dev/net/tun &&
            HOME=/tmp DOTNET_CLI_HOME=/tmp exec setpriv --reuid 65534 --regid 65534 --clear-groups \
                --bounding-set -all --inh-caps -all "$0" "$1" tap0
            """;
        await using var child = space.Start("unshare", "-m", "sh", "-c", script, Needs.Find("dotnet")!, probe);
        await child.WaitForAsync(expected);
        if (!expected.StartsWith("attached", StringComparison.Ordinal))
            return;

        await space.InsideAsync(() =>
        {
            using var sender = new System.Net.Sockets.UdpClient("10.9.0.2", 9);
            sender.Send([1]);
        });
        (await child.WaitAsync()).Good();
        Assert.Contains("read ", child.Output, StringComparison.Ordinal);
    }

    private static int WaitFor(TapDevice device, byte[] header, byte[] payload, Func<byte[], bool> wanted)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!limit.IsCancellationRequested)
        {
            if (device.TryRead(header, payload, out var bytes) != TapStatus.Done)
                device.Wait(TimeSpan.FromSeconds(1));
            else if (wanted(header))
                return bytes;
        }

        throw new TimeoutException("no such frame");
    }
}
