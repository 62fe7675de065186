using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Linux.Tests.Repair;

/// <summary>A connection that ran elsewhere, and a firewall that drops what it holds for invalid.</summary>
[SupportedOSPlatform("linux")]
public sealed class ConnectionTrackingTests
{
    private const uint Elsewhere = 50_000_000; // More than any window.

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_liberal_entry_lets_a_connection_return(bool six, bool passive)
    {
        await using var pair = await OpenTrackedAsync(six, passive);

        var result = await pair.Here.InsideAsync(() => ConnectionTracking.MakeLiberal(pair.Tuple, Hour));
        Assert.Equal(new TrackingResult(TrackingAnswer.Changed, ToeReason.None), result);
        var (subject, peer) = await ReturnAsync(pair);

        using (subject)
        using (peer)
        {
            await subject.SendAsync(new byte[] { 1, 2, 3 });
            Assert.Equal([1, 2, 3], await KernelPair.ReceiveAsync(peer, 3));
            await peer.SendAsync(new byte[] { 4 });
            Assert.Equal([4], await KernelPair.ReceiveAsync(subject, 1));
        }

        Assert.Equal(0, await InvalidAsync(pair));
    }

    [Fact]
    public async Task Without_it_the_firewall_ends_it()
    {
        await using var pair = await OpenTrackedAsync(six: false, passive: false);

        var (subject, peer) = await ReturnAsync(pair);

        using (subject)
        using (peer)
        {
            await peer.SendAsync(new byte[] { 1 });
            await InvalidSoonAsync(pair);
            Assert.Equal(0, subject.Available);
        }
    }

    [Fact]
    public async Task The_entrys_lifetime_is_what_was_asked_for()
    {
        await using var pair = await OpenTrackedAsync(six: false, passive: false);
        Needs.That(File.Exists("/proc/net/nf_conntrack"), "needs /proc/net/nf_conntrack");

        Assert.Equal(TrackingAnswer.Changed, (await pair.Here.InsideAsync(() => ConnectionTracking.Keep(pair.Tuple, Hour))).Answer);
        Assert.InRange(await LifetimeAsync(pair), 3500, 3600);
        Assert.Equal(TrackingAnswer.Changed, (await pair.Here.InsideAsync(() => ConnectionTracking.Keep(pair.Tuple, TimeSpan.FromDays(5)))).Answer);
        Assert.InRange(await LifetimeAsync(pair), 400_000, 432_000);
    }

    [Fact]
    public async Task A_connection_without_an_entry_is_no_refusal()
    {
        await using var pair = await OpenTrackedAsync(six: false, passive: false);
        var other = new TcpTuple(pair.Tuple.Local, new IPEndPoint(pair.Tuple.Remote.Address, 1));

        Assert.Equal(new TrackingResult(TrackingAnswer.NoEntry, ToeReason.None), await pair.Here.InsideAsync(() => ConnectionTracking.MakeLiberal(other, Hour)));
    }

    [Fact]
    public async Task Nothing_is_asked_of_a_lifetime_that_is_none()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        var tuple = new TcpTuple(IPEndPoint.Parse("127.0.0.1:1"), IPEndPoint.Parse("127.0.0.1:2"));

        Assert.Throws<ArgumentOutOfRangeException>(() => ConnectionTracking.MakeLiberal(tuple, TimeSpan.Zero));
        // A namespace whose rules ask for no state tracks nothing.
        Assert.Contains((await space.InsideAsync(() => ConnectionTracking.MakeLiberal(tuple, Hour))).Answer, new[] { TrackingAnswer.NoEntry, TrackingAnswer.NotTracking });
    }

    [Fact]
    public async Task EnvironmentConntrack_without_net_admin()
    {
        await using var pair = await OpenTrackedAsync(six: false, passive: false);

        var result = await pair.Here.InsideAsync(() =>
        {
            Capabilities.Drop();
            return ConnectionTracking.MakeLiberal(pair.Tuple, Hour);
        });

        Assert.Equal(TrackingAnswer.Refused, result.Answer);
        Assert.True(result.Refusal.Is(ToeReasons.EnvironmentConntrack), result.Refusal.ToString());
        Assert.Contains("CAP_NET_ADMIN", result.Refusal.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_is_as_the_headers_describe_it()
    {
        var tuple = new TcpTuple(IPEndPoint.Parse("10.1.2.3:258"), IPEndPoint.Parse("10.4.5.6:772"));

        var request = ConnectionTracking.Request(new byte[256], tuple, TimeSpan.FromSeconds(0x102), isLiberal: true);

        Assert.Equal(4, Unsafe.SizeOf<NetfilterMessage>());
        Assert.Equal(Bytes.Hex("""
            68000000 0001 0500 00000000 00000000    # nlmsghdr: IPCTNL_MSG_CT_NEW, REQUEST | ACK
            02 00 0000                              # nfgenmsg: AF_INET
            3400 0180                               # CTA_TUPLE_ORIG
              1400 0180                             # CTA_TUPLE_IP
                0800 0100 0A010203                  # CTA_IP_V4_SRC
                0800 0200 0A040506                  # CTA_IP_V4_DST
              1C00 0280                             # CTA_TUPLE_PROTO
                0500 0100 06000000                  # CTA_PROTO_NUM
                0600 0200 01020000                  # CTA_PROTO_SRC_PORT
                0600 0300 03040000                  # CTA_PROTO_DST_PORT
            0800 0700 00000102                      # CTA_TIMEOUT
            1800 0480                               # CTA_PROTOINFO
              1400 0180                             # CTA_PROTOINFO_TCP
                0600 0400 08080000                  # CTA_PROTOINFO_TCP_FLAGS_ORIGINAL
                0600 0500 08080000                  # CTA_PROTOINFO_TCP_FLAGS_REPLY
            """), request.ToArray());
    }

    private static async Task<KernelPair> OpenTrackedAsync(bool six, bool passive)
    {
        Needs.Root();
        Needs.Tool("nft");
        var pair = await KernelPair.OpenAsync(six, passive, """
            add table inet wall
            add chain inet wall in { type filter hook input priority 0; }
            add rule inet wall in ct state invalid counter drop
            """);
        await pair.TalkAsync();
        return pair;
    }

    /// <summary>Both ends leave the kernel, say much to one another, and come back.</summary>
    private static async Task<(System.Net.Sockets.Socket Subject, System.Net.Sockets.Socket Peer)> ReturnAsync(KernelPair pair)
    {
        Assert.True(TcpRepair.TryFreeze(pair.Peer, out var there).IsNone);
        var here = pair.Freeze();
        here.Close();
        there!.Close();
        using var subject = await pair.ImportAsync(Advanced(here.State));
        using var peer = await pair.There.InsideAsync(() =>
        {
            Assert.True(TcpRepair.TryImport(Advanced(there.State), out var imported).IsNone);
            return imported!;
        });
        return (subject.Activate(), peer.Activate());
    }

    private static TcpConnectionState Advanced(TcpConnectionState state) => state with
    {
        SendUnacknowledged = state.SendUnacknowledged + Elsewhere,
        SendNext = state.SendNext + Elsewhere,
        SendWindowUpdate = state.SendWindowUpdate + Elsewhere,
        ReceiveNext = state.ReceiveNext + Elsewhere,
        ReceiveWindowUpdate = state.ReceiveWindowUpdate + Elsewhere,
    };

    private static Task InvalidSoonAsync(KernelPair pair) => KernelPair.UntilAsync(() => InvalidAsync(pair).GetAwaiter().GetResult() > 0);

    private static async Task<int> InvalidAsync(KernelPair pair)
    {
        var listed = (await pair.Here.RunAsync("nft", "list table inet wall")).Good().Output;
        return int.Parse(listed.Split("packets ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<int> LifetimeAsync(KernelPair pair)
    {
        var table = (await pair.Here.RunAsync("cat", "/proc/net/nf_conntrack")).Good().Output;
        var entry = table.Split('\n').Single(line => line.Contains($"port={pair.Tuple.Local.Port} ", StringComparison.Ordinal));
        return int.Parse(entry.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], System.Globalization.CultureInfo.InvariantCulture);
    }
}
