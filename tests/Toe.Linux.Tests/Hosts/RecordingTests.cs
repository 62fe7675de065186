using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using CsCheck;
using Toe.Linux.Recording;
using Toe.Testing;

namespace Toe.Linux.Tests.Hosts;

/// <summary>A machine recorded and played back: it routes as it did, and none of its addresses is left.</summary>
[SupportedOSPlatform("linux")]
public sealed class RecordingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RecordedRoutes_AgreeWithTheKernel()
    {
        Needs.Root();
        await using var here = await NetworkNamespace.CreateAsync();
        await using var peers = await NetworkNamespace.CreateAsync();
        await MakeMachineAsync(here, peers);
        using var live = await here.InsideAsync(static () => new LiveHost());
        using var folder = new ImageFolder();
        folder.Write("calls.json", Dumps(live));
        using var image = folder.Open();

        var outputs = LinkTable.Read(live).Value!.Where(static link => link.IsUp && link.HardwareType == 1).Select(static link => link.Index).Append(0).Order().ToArray();
        Gen.Select(Gen.Int[0, 3], Gen.UInt, Gen.Int[0, 2], Gen.Int[0, 5], Gen.Int[0, 3].Select(static index => new[] { 0, 80, 443, 8443 }[index])).Select((kind, random, source, output, port) => new RouteQuery
        {
            Destination = Destination(kind, random),
            Source = source == 0 && kind != 3 && output > 2 ? IPAddress.Parse("192.0.2.1") : null,
            Mark = source == 2 ? 7 : 0,
            OutputInterface = output < outputs.Length ? outputs[output] : 0,
            DestinationPort = port,
        }).Sample(
            query =>
            {
                var (expected, actual) = (live.Route(query), image.Route(query));
                Assert.Equal(
                    (expected.IsReachable, expected.ErrorNumber, expected.OutputInterface, expected.Gateway, expected.Type),
                    (actual.IsReachable, actual.ErrorNumber, actual.OutputInterface, actual.Gateway, actual.Type));
                if (expected.IsReachable)
                    Assert.Equal(Unscoped(expected.PreferredSource), Unscoped(actual.PreferredSource));
            },
            iter: 10_000, threads: 1, print: query => $"{query}: {live.Route(query)} / {image.Route(query)}");
    }

    [Theory]
    [InlineData("ql-iwarp")]
    [InlineData("t5-iwarp")]
    [InlineData("siw")]
    public async Task RdmaDevices_AreRecordedAsTheyAreFound(string name)
    {
        using var machine = HostImage.Open(Repository.PathOf("samples", "images", name));
        using var folder = new ImageFolder(index: null);
        await HostRecorder.RecordAsync(machine, folder.Place, "recorded", Token);
        using var image = folder.Open();
        Assert.NotEmpty(InfinibandDevices.Find(machine));
        Assert.Equal(InfinibandDevices.Find(machine).Select(Describe), InfinibandDevices.Find(image).Select(Describe));

        static string Describe(InfinibandDevice device) =>
            $"{device.Name} {device.NodeType} {device.Type} {device.Firmware} {device.Revision} {device.Board} {device.IsUsable} {device.PciAddress} {string.Join(", ", device.Ports)}";
    }

    [Fact]
    public async Task Recordings_HaveNoAddressOfTheMachine_AndDecideTheSame()
    {
        Needs.Root();
        await using var here = await NetworkNamespace.CreateAsync();
        await using var peers = await NetworkNamespace.CreateAsync();
        await MakeMachineAsync(here, peers);
        using var live = await here.InsideAsync(static () => new LiveHost());
        using var folder = new ImageFolder(index: null);

        await HostRecorder.RecordAsync(live, folder.Place, "recorded", Token);

        var addresses = AddressTable.Read(live).Value!.Select(entry => entry.Address).Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal)
            .Append(IPAddress.Parse("192.0.2.77")).Append(IPAddress.Parse("2001:db8:2::77")).ToList();
        var hardware = LinkTable.Read(live).Value!.Select(link => link.HardwareAddress?.GetAddressBytes() ?? []).Where(bytes => bytes.Any(octet => octet != 0))
            .Append([2, 0, 0, 0xaa, 0xbb, 0x77]).Append([2, 0, 0, 0xaa, 0xbb, 0x78]).ToList();
        Assert.NotEmpty(addresses);
        Assert.NotEmpty(hardware);
        foreach (var file in Directory.EnumerateFiles(folder.Place, "*", SearchOption.AllDirectories))
        {
            var text = (await File.ReadAllTextAsync(file, Token)).ToLowerInvariant();
            Assert.All(addresses, address => Assert.DoesNotContain(address.ToString().Split('%')[0], text, StringComparison.Ordinal));
            Assert.All(addresses, address => Assert.DoesNotContain(Convert.ToHexStringLower(address.GetAddressBytes()), text, StringComparison.Ordinal));
            Assert.All(hardware, bytes => Assert.DoesNotContain(string.Join(':', bytes.Select(octet => octet.ToString("x2", null))), text, StringComparison.Ordinal));
            Assert.All(hardware, bytes => Assert.DoesNotContain(Convert.ToHexStringLower(bytes), text, StringComparison.Ordinal));
        }

        using var image = folder.Open();
        Assert.True(image.IsScrubbed);
        Assert.Equal(LinkTable.Read(live).Value!.Select(link => (link.Index, link.Name, link.Kind, link.Mtu)), LinkTable.Read(image).Value!.Select(link => (link.Index, link.Name, link.Kind, link.Mtu)));
        Assert.Equal(EthtoolDriver.Read(live, "va").Value, EthtoolDriver.Read(image, "va").Value);
        // The others come and go by themselves.
        var (lasting, recorded) = (Lasting(live), Lasting(image));
        Assert.Equal(2, lasting.Count);
        Assert.Equal(lasting.Select(static entry => (entry.InterfaceIndex, entry.Address.AddressFamily, entry.HardwareAddress is null)), recorded.Select(static entry => (entry.InterfaceIndex, entry.Address.AddressFamily, entry.HardwareAddress is null)));
        // Every neighbour of the machine is a neighbour in the image, under another name.
        foreach (var (before, after) in AddressTable.Read(live).Value!.Zip(AddressTable.Read(image).Value!))
        {
            Assert.Equal((before.InterfaceIndex, before.PrefixLength, before.Address.AddressFamily), (after.InterfaceIndex, after.PrefixLength, after.Address.AddressFamily));
            if (before.Address.AddressFamily == AddressFamily.InterNetwork && before.PrefixLength < 32 && !IPAddress.IsLoopback(before.Address))
                Assert.Equal(before.InterfaceIndex, image.Route(new RouteQuery { Destination = Next(after.Address) }).OutputInterface);
        }

        await Assert.ThrowsAsync<IOException>(() => HostRecorder.RecordAsync(live, folder.Place, "again", Token).AsTask());
    }

    [Fact]
    public void Scrubbing_KeepsPrefixes_IsTheSameEachTime_AndMapsNoTwoToOne() =>
        Gen.Select(Gen.Byte.Array[32], Gen.UInt, Gen.UInt, Gen.Int[0, 32]).Sample(static (key, left, right, shared) =>
        {
            using var scrubber = new AddressScrubber(key);
            var mask = shared == 0 ? 0 : uint.MaxValue << (32 - shared);
            var (one, other) = (Address(left), Address((left & mask) | (right & ~mask)));
            scrubber.Scrub(Address(left & mask), shared); // Prefixes and addresses do not mix.
            var (first, second) = (Number(scrubber.Scrub(one)), Number(scrubber.Scrub(other)));
            Assert.Equal(first, Number(scrubber.Scrub(one)));
            var common = System.Numerics.BitOperations.LeadingZeroCount(Number(one) ^ Number(other));
            Assert.Equal(common, System.Numerics.BitOperations.LeadingZeroCount(first ^ second));
        });

    [Fact]
    public void Text_LosesItsAddresses_AndKeepsTheRest()
    {
        using var addresses = new AddressScrubber(new byte[32]);
        var scrubber = new TextScrubber(addresses, "buildbox");
        const string Text = "table ip t { ip saddr 203.0.113.7 drop; ip6 daddr 2001:db8::7/64 tcp dport 22-80; ether 02:00:5e:10:00:01; mask 255.255.255.0; at 10:30:00 on BUILDBOX 127.0.0.1 :: }";
        var scrubbed = scrubber.Scrub(Text);
        Assert.All(
            ["203.0.113.7.", "at 203.0.113.7:80", "203.0.113.7/24", "from 2001:db8::7.", "2001:db8::7: gone", "src:2001:db8::7", "[2001:db8::7]:80", "2001:db8::7%eth0", "::ffff:203.0.113.7", "2001:db8::7/64"],
            line => Assert.All(["203.0.113.7", "2001:db8::7", ".7/24"], secret => Assert.DoesNotContain(secret, scrubber.Scrub(line), StringComparison.Ordinal)));
        Assert.DoesNotContain("de:ad:be:ef", scrubber.Scrub("80:00:02:08:fe:80:00:00:00:00:00:00:00:11:22:33:de:ad:be:ef\n"), StringComparison.Ordinal); // InfiniBand
        Assert.EndsWith(".0/24", scrubber.Scrub("203.0.113.0/24"), StringComparison.Ordinal);
        Assert.Equal("1.2.3.4.5", scrubber.Scrub("1.2.3.4.5"));
        Assert.All(["203.0.113.7", "2001:db8::7", "02:00:5e:10:00:01", "buildbox", "BUILDBOX"], secret => Assert.DoesNotContain(secret, scrubbed, StringComparison.Ordinal));
        Assert.All(["table ip t", "tcp dport 22-80", "255.255.255.0", "127.0.0.1", "/64", "drop"], kept => Assert.Contains(kept, scrubbed, StringComparison.Ordinal));
        Assert.Equal(scrubbed, scrubber.Scrub(Text));
    }

    [Fact]
    public void WhateverAMessageHolds_ScrubbingReturns() => Gen.Select(Gen.OneOf(Gen.Const(18), Gen.Const(22), Gen.Const(26), Gen.Const(30), Gen.Const(34)), Gen.Byte.Array[0, 200]).Sample(
        static (command, payload) =>
        {
            using var addresses = new AddressScrubber(new byte[32]);
            new RouteScrubber(addresses).Scrub(command, payload);
            Toe.Linux.Routes.RecordedRuleParser.TryParse(payload);
            Toe.Linux.Routes.RecordedRouteParser.TryParse(payload);
            Toe.Linux.Live.GenericFamilies.Parse(payload);
        },
        iter: Fuzzing.Inputs(50_000));

    private static async Task MakeMachineAsync(NetworkNamespace here, NetworkNamespace there)
    {
        await here.AddVethAsync("va", there, "pa");
        await here.AddVethAsync("vb", there, "pb");
        await here.AddAddressesAsync("va", "192.0.2.1/24", "203.0.113.65/26", "2001:db8:1::1/64");
        await here.AddAddressesAsync("vb", "198.51.100.1/25", "2001:db8:2::1/64");
        await here.IpAsync("link", "set", "lo", "up");
        foreach (var line in new[]
        {
            "neigh add 192.0.2.77 lladdr 02:00:00:aa:bb:77 dev va nud permanent", "neigh add 2001:db8:2::77 lladdr 02:00:00:aa:bb:78 dev vb nud permanent",
            "route add default via 192.0.2.254", "route add 198.51.100.128/26 via 192.0.2.253", "route add 198.51.100.128/25 via 198.51.100.2 metric 50",
            "route add unreachable 203.0.113.192/27", "route add blackhole 203.0.113.224/27", "route add prohibit 203.0.113.0/28", "route add throw 203.0.113.16/28",
            "route add 198.18.0.0/15 via 198.51.100.3 table 100", "rule add to 198.18.0.0/16 lookup 100 priority 1000", "rule add fwmark 7 lookup 100 priority 900",
            "rule add from 192.0.2.1 to 198.19.0.0/16 prohibit priority 800", "-6 route add default via 2001:db8:1::ff", "-6 route add 2001:db8:f::/48 via 2001:db8:2::ff",
            "-6 route add unreachable 2001:db8:e::/48",
            // Rules for other DSCPs, tunnels, users and ports, rules that suppress, jump, and jump nowhere.
            "rule add to 198.18.0.0/17 tos 0x10 blackhole priority 700", "rule add to 198.18.128.0/17 uidrange 4000000-4000001 blackhole priority 710",
            "rule add to 198.19.0.0/17 ipproto tcp dport 400-500 unreachable priority 720", "rule add to 198.19.0.0/17 ipproto udp prohibit priority 730",
            "rule add to 203.0.113.128/26 goto 790 priority 740", "rule add to 203.0.113.128/25 blackhole priority 750", "rule add to 198.18.64.0/18 goto 795 priority 760",
            "rule add to 198.18.64.0/19 prohibit priority 770", "rule add to 203.0.113.255 unreachable priority 790", "rule add not to 0.0.0.0/1 lookup 101 suppress_prefixlength 0 priority 850",
            "route add default via 198.51.100.9 table 101", "route add 192.0.2.128/25 via 198.51.100.9 table 101", "route add 198.51.100.192/27 tos 0x10 via 192.0.2.252",
            "-6 rule add to 2001:db8:f::/49 goto 800 priority 700", "-6 rule add to 2001:db8:f::/48 prohibit priority 710", "-6 rule add to 2001:db8:f::/64 ipproto tcp dport 443 blackhole priority 800",
        })
            await here.IpAsync(line.Split(' '));
    }

    private static string Dumps(LiveHost live)
    {
        var calls = new StringBuilder("{ \"netlink\": [");
        foreach (var command in new[] { 18, 22, 26, 34 })
        {
            var messages = live.Netlink(new NetlinkQuestion("route", command, default) { IsDump = true }).Value!;
            calls.Append(command == 18 ? "" : ",").Append("{ \"family\": \"route\", \"command\": ").Append(command).Append(", \"dump\": true, \"messages\": [")
                .AppendJoin(',', messages.Select(message => $"\"{Convert.ToHexString(message)}\"")).Append("] }");
        }

        return calls.Append("] }").ToString();
    }

    private static IPAddress Destination(int kind, uint random) => kind switch
    {
        0 => Address((new uint[] { 0xC0000200, 0xC6336400, 0xCB007100, 0xC6120000, 0xC6130000 })[random % 5] | (random >> 8 & 0xff)),
        1 => Address(0xC6120000 | (random & 0x1ffff)),
        2 => Address((random & 0x3fffffff) | 0x20000000 & ~0x10000000u | 0x01000000),
        _ => IPAddress.Parse($"2001:db8:{"12fe"[(int)(random % 4)]}::{random >> 16:x}"),
    };

    private static IPAddress Address(uint number) => new([(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number]);

    private static uint Number(IPAddress address) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private static List<NeighbourEntry> Lasting(ILinuxHost host) => [.. NeighbourTable.Read(host).Value!.Where(static entry => entry.State == NeighbourState.Permanent)];

    private static IPAddress Next(IPAddress address) => Address(Number(address) ^ 2);

    private static string? Unscoped(IPAddress? address) => address?.ToString().Split('%')[0];
}
