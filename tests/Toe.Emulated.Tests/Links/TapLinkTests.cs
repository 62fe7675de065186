using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Emulated.Links;
using Toe.Linux;
using Toe.Testing;

namespace Toe.Emulated.Tests.Links;

/// <summary>The TAP link against a real kernel, in a namespace of the test's own.</summary>
[SupportedOSPlatform("linux")]
public sealed class TapLinkTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("10.9.0.2")]
    [InlineData("fd09::2")]
    public async Task The_kernel_pings_the_link(string address)
    {
        await using var space = await MakeAsync();
        using var link = await space.InsideAsync(() => Open());
        using var owner = new Owner(link);

        var reply = await space.InsideAsync(() =>
        {
            using var ping = new Ping();
            return ping.Send(IPAddress.Parse(address), 20_000, new byte[1000]);
        });

        Assert.Equal(IPStatus.Success, reply.Status);
        Assert.True(link.IsUp);
        Assert.Equal(0, link.AddressConflicts);
    }

    [Theory]
    [InlineData("10.9.0.2", 0)]
    [InlineData("fd09::2", 0)]
    [InlineData("10.9.0.2", 20)]
    public async Task The_kernels_SYN_reaches_the_engine_and_the_answer_reaches_the_kernel(string address, int delay)
    {
        await using var space = await MakeAsync();
        var faults = new LinkFaults { Delay = TimeSpan.FromMilliseconds(delay) };
        using var link = await space.InsideAsync(() => new FaultInjectingLink(Open(offloads: false), faults, faults));
        var six = address.Contains(':', StringComparison.Ordinal);
        var start = six ? 40 : 20;
        // Any SYN is refused with RST+ACK, as RFC 9293 §3.10.7.1 has it for a closed port.
        using var owner = new Owner(link, packet =>
        {
            var from = new IPAddress(packet.AsSpan(six ? 8 : 12, six ? 16 : 4));
            var to = new IPAddress(packet.AsSpan(six ? 24 : 16, six ? 16 : 4));
            byte[] segment = [.. packet[(start + 2)..(start + 4)], .. packet[start..(start + 2)], 0, 0, 0, 0,
                .. packet[(start + 4)..(start + 8)], 0x50, 0x14, 0, 0, 0, 0, 0, 0];
            for (var at = 11; at >= 8 && ++segment[at] == 0; at--)
            {
            }

            byte[] pseudo = [.. to.GetAddressBytes(), .. from.GetAddressBytes(), 0, 6, 0, (byte)segment.Length];
            var checksum = Packets.Checksum([.. pseudo, .. segment]);
            (segment[16], segment[17]) = ((byte)(checksum >> 8), (byte)checksum);
            link.Send(Packets.Ip(to, from, 6, segment));
        });

        var error = await space.InsideAsync(() =>
        {
            using var socket = new Socket(six ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream,
                ProtocolType.Tcp);
            return Assert.Throws<SocketException>(() => socket.Connect(IPAddress.Parse(address), 80)).SocketErrorCode;
        });

        Assert.Equal(SocketError.ConnectionRefused, error);
        Assert.Equal(1, link.Statistics.PacketsReceived);
        Assert.Equal((1, 1), (link.IncomingFaults.Delivered, link.OutgoingFaults.Delivered));
    }

    [Theory]
    [InlineData("10.9.0.2:5", "10.9.0.1:9", false)]
    [InlineData("[fd09::2]:5", "[fd09::1]:9", false)]
    [InlineData("10.9.0.2:5", "10.9.0.77:9", true)]
    [InlineData("[fd09::2]:5", "[fd09::77]:9", true)]
    public async Task Resolves_the_kernel_and_reports_who_does_not_answer(string source, string destination, bool unreachable)
    {
        await using var space = await MakeAsync();
        using var link = await space.InsideAsync(() => Open());
        var arrived = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var expected = unreachable ? (source.Contains("::", StringComparison.Ordinal) ? 58 : 1) : 6;
        using var owner = new Owner(link, packet =>
        {
            // The kernel may say other things of its own accord, such as router solicitations (ICMPv6 type 133, RFC 4861).
            if (packet[packet[0] >> 4 == 6 ? 6 : 9] == expected && !(expected == 58 && packet[40] > 127))
                arrived.TrySetResult(packet);
        });

        // Not a right TCP checksum: the kernel answers nothing to it, or it never leaves. A SYN gets RST from the closed port.
        using var limit = new CancellationTokenSource(Limit);
        do
        {
            // Again, as TCP would: the kernel may not answer for its address yet.
            await owner.SendAsync(WithChecksum(Packets.Tcp(source, destination)));
            await Task.WhenAny(arrived.Task, Task.Delay(Limit / 5, TimeProvider.System, limit.Token));
        }
        while (!arrived.Task.IsCompleted && !limit.IsCancellationRequested);
        var answer = await arrived.Task.WaitAsync(limit.Token);

        var six = answer[0] >> 4 == 6;
        if (unreachable)
            Assert.Equal(six ? (1, 3) : (3, 1), (answer[six ? 40 : 20], answer[six ? 41 : 21]));
        if (unreachable)
            Assert.Equal(1, link.Statistics.Dropped(LinkDropCause.Unresolved));
    }

    [Fact]
    public async Task Down_up_and_removal_are_told_and_harm_nothing()
    {
        await using var space = await MakeAsync();
        using var link = await space.InsideAsync(() => Open());
        using var owner = new Owner(link);
        var states = System.Threading.Channels.Channel.CreateUnbounded<bool>();
        link.StateChanged += up => states.Writer.TryWrite(up);
        using var limit = new CancellationTokenSource(Limit);

        await space.IpAsync("link", "set", "tap0", "down");
        Assert.False(await states.Reader.ReadAsync(limit.Token));
        Assert.False(link.IsUp);
        await owner.SendAsync(Packets.Tcp("10.9.0.2:5", "10.9.0.1:9"));
        Assert.Equal(1, link.Statistics.Dropped(LinkDropCause.LinkDown));

        await space.IpAsync("link", "set", "tap0", "up");
        Assert.True(await states.Reader.ReadAsync(limit.Token));
        Assert.True(link.IsUp);

        await space.IpAsync("link", "delete", "tap0");
        Assert.False(await states.Reader.ReadAsync(limit.Token));
        await owner.SendAsync(Packets.Tcp("10.9.0.2:5", "10.9.0.1:9"));
        Assert.False(link.IsUp);
    }

    [Fact]
    public async Task The_kernel_learns_the_link_from_its_announcement()
    {
        await using var space = await MakeAsync();
        var device = await space.InsideAsync(AttachRunning);
        // A kernel that knows the address from before must hear of the new owner.
        await space.IpAsync("neighbor", "replace", "10.9.0.2", "lladdr", "02:00:00:00:00:99", "dev", "tap0", "nud", "stale");
        using var link = await space.InsideAsync(() => new TapLink(device, Options()));
        using var owner = new Owner(link);

        var mine = BitConverter.ToString(link.HardwareAddress.GetAddressBytes()).Replace('-', ':').ToLowerInvariant();
        using var limit = new CancellationTokenSource(Limit);
        while (!(await space.IpAsync("neighbor", "show", "10.9.0.2")).Contains(mine, StringComparison.Ordinal))
            limit.Token.ThrowIfCancellationRequested();
    }

    [Fact]
    public async Task Wrong_settings_close_the_device()
    {
        await using var space = await MakeAsync();

        await space.InsideAsync(() =>
        {
            var device = TapDevice.Attach("tap0");
            var mine = device.HardwareAddress;
            Assert.Throws<ArgumentException>(() => new TapLink(device, new TapLinkOptions { Addresses = [] }));
            // It is free again.
            var options = new TapLinkOptions { Addresses = [InterfaceAddress.Parse("10.9.0.2/24")], HardwareAddress = mine };
            Assert.Throws<ArgumentException>(() => new TapLink(TapDevice.Attach("tap0"), options));
            using var link = new TapLink(TapDevice.Attach("tap0"), options with { HardwareAddress = null });
            Assert.Throws<ArgumentException>(() => link.TryReceive(new byte[65534], out _));
            link.Dispose();
            link.Wait(Timeout.InfiniteTimeSpan);
            link.Wake();
        });
    }

    private static byte[] WithChecksum(byte[] packet)
    {
        var start = packet[0] >> 4 == 6 ? 40 : 20;
        packet[start + 13] = 0x02;
        byte[] addresses = start == 40 ? packet[8..40] : packet[12..20];
        var checksum = Packets.Checksum([.. addresses, 0, 6, 0, (byte)(packet.Length - start), .. packet[start..]]);
        (packet[start + 16], packet[start + 17]) = ((byte)(checksum >> 8), (byte)checksum);
        return packet;
    }

    private static async Task<NetworkNamespace> MakeAsync()
    {
        var space = await NetworkNamespace.CreateAsync();
        await space.AddTapAsync("tap0", 0, "10.9.0.1/24", "fd09::1/64");
        return space;
    }

    private static TapLink Open(bool offloads = true) => new(TapDevice.Attach("tap0"), Options() with { Offloads = offloads });

    private static TapLinkOptions Options() => new()
    {
        Addresses = [InterfaceAddress.Parse("10.9.0.2/24"), InterfaceAddress.Parse("fd09::2/64")],
        ResolutionInterval = TimeSpan.FromMilliseconds(50),
    };

    // Attaching plugs the cable; while that is under way the kernel forgets what it knew of the link.
    private static TapDevice AttachRunning()
    {
        using var running = new ManualResetEventSlim();
        using var monitor = new NetlinkMonitor(NetlinkTopics.Links, change =>
        {
            if (change.Link is { Name: "tap0", IsRunning: true })
                running.Set();
        });
        var device = TapDevice.Attach("tap0");
        Assert.True(running.Wait(Limit));
        return device;
    }

    /// <summary>The owner thread a link wants.</summary>
    private sealed class Owner : IDisposable
    {
        private readonly ILink _link;
        private readonly Thread _thread;
        private readonly System.Collections.Concurrent.ConcurrentQueue<(byte[] Packet, TaskCompletionSource Sent)> _queue = new();
        private volatile bool _stopping;

        internal Owner(ILink link, Action<byte[]>? received = null)
        {
            _link = link;
            _thread = new Thread(() =>
            {
                var buffer = new byte[link.Offloads.MaximumPacket];
                while (!_stopping)
                {
                    while (link.TryReceive(buffer, out var packet))
                        received?.Invoke(packet.Bytes.ToArray());
                    while (_queue.TryDequeue(out var item))
                    {
                        link.Send(item.Packet);
                        item.Sent.SetResult();
                    }

                    link.Wait(Timeout.InfiniteTimeSpan);
                }
            })
            { IsBackground = true };
            _thread.Start();
        }

        internal Task SendAsync(byte[] packet)
        {
            TaskCompletionSource sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _queue.Enqueue((packet, sent));
            _link.Wake();
            return sent.Task.WaitAsync(Limit);
        }

        public void Dispose()
        {
            _stopping = true;
            _link.Wake();
            _thread.Join();
        }
    }
}
