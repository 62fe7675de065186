using System.Buffers.Binary;
using System.Net;
using System.Runtime.Versioning;
using System.Text;
using CsCheck;
using Toe.Linux.Recording;
using Toe.Linux.Tests.Hosts;
using Toe.Testing;

namespace Toe.Linux.Tests.Devices;

/// <summary>The readers of devices: on messages written from the kernel's headers, and on this kernel.</summary>
public sealed class DeviceReaderTests
{
    [Fact]
    public void DevlinkInfo_FromItsHeader()
    {
        var device = Devlink.ParseDevice(Join(
            Attribute(1, "pci\0"), Attribute(2, "0000:04:00.0\0"), Attribute(98, "nic\0"), Attribute(99, "SN1\0"), Attribute(100, Join(Attribute(103, "board.id\0"), Attribute(104, "B\0"))),
            Attribute(101, Join(Attribute(103, "fw.mgmt\0"), Attribute(104, "1.2.3\0"))), Attribute(102, Join(Attribute(103, "fw.mgmt\0"), Attribute(104, "1.2.4\0"))), Attribute(500, "later")))!;
        Assert.Equal(("pci", "0000:04:00.0", "nic", "SN1"), (device.Bus, device.Name, device.Driver, device.SerialNumber));
        Assert.Equal(("B", "1.2.3", "1.2.4"), (device.Fixed["board.id"], device.Running["fw.mgmt"], device.Stored["fw.mgmt"]));
        Assert.Null(Devlink.ParseDevice(Attribute(1, "pci\0")));
    }

    [Fact]
    public void DevlinkReporters_FromTheirHeader()
    {
        var state = Join(Attribute(115, "fw\0"), Attribute(116, [1]), Attribute(117, BitConverter.GetBytes(4L)), Attribute(118, BitConverter.GetBytes(3L)));
        Assert.Equal(
            new DevlinkReporter("pci", "0000:04:00.0", "fw") { IsHealthy = false, Errors = 4, Recoveries = 3 },
            Devlink.ParseReporter(Join(Attribute(1, "pci\0"), Attribute(2, "0000:04:00.0\0"), Attribute(114, state))));
        Assert.Null(Devlink.ParseReporter(Join(Attribute(1, "pci\0"), Attribute(2, "x\0"))));
        Assert.Null(Devlink.ParseReporter(Join(Attribute(1, "pci\0"), Attribute(2, "0000:04:00.0\0"), Attribute(3, [1, 0, 0, 0]), Attribute(114, state)))); // DEVLINK_ATTR_PORT_INDEX
    }

    [Fact]
    public void DevlinkRecordings_HaveNoSerialNumbers_AndReadTheSame()
    {
        byte[] header = [51, 1, 0, 0];
        var info = Join(
            Attribute(1, "pci\0"), Attribute(2, "0000:04:00.0\0"), Attribute(98, "nic\0"), Attribute(99, "SN1234567\0"), Attribute(146, "BOARDSN\0"),
            Attribute(101, Join(Attribute(103, "fw.mgmt\0"), Attribute(104, "1.2.3\0"), Attribute(500, "SECRET"))));
        var recorded = DevlinkScrubber.Scrub(Join(header, info))!;
        var (before, after) = (Devlink.ParseDevice(info)!, Devlink.ParseDevice(recorded.AsSpan(4))!);
        Assert.Equal(header, recorded[..4]);
        Assert.Equal((before.Bus, before.Name, before.Driver, "1.2.3", "000000000"), (after.Bus, after.Name, after.Driver, after.Running["fw.mgmt"], after.SerialNumber));
        Assert.All(["SN1234567", "BOARDSN", "SECRET"], secret => Assert.DoesNotContain(secret, Encoding.Latin1.GetString(recorded), StringComparison.Ordinal));
        var state = Join(Attribute(115, "fw\0"), Attribute(116, [1]), Attribute(117, BitConverter.GetBytes(4L)), Attribute(118, BitConverter.GetBytes(3L)));
        var reporter = Join(Attribute(1, "pci\0"), Attribute(2, "0000:04:00.0\0"), Attribute(114, state));
        Assert.Equal(Devlink.ParseReporter(reporter), Devlink.ParseReporter(DevlinkScrubber.Scrub(Join(header, reporter)).AsSpan(4)));
        Assert.Null(DevlinkScrubber.Scrub([1, 2, 3]));
        Assert.Null(DevlinkScrubber.Scrub([.. header, 9, 0, 1, 0, 1]));
    }

    [Fact]
    public void EthtoolLinks_FromTheirHeader()
    {
        var header = Attribute(1, Join(Attribute(1, BitConverter.GetBytes(7)), Attribute(2, "eth7\0")));
        Assert.Equal((true, "eth7", 7), (EthtoolLinks.Parse(6, Join(header, Attribute(2, [1])))!.IsUp, EthtoolLinks.Parse(6, header)!.Interface, EthtoolLinks.Parse(6, header)!.Index));
        var modes = EthtoolLinks.Parse(4, Join(header, Attribute(5, BitConverter.GetBytes(100_000)), Attribute(6, [1])))!;
        Assert.Equal((100_000L, true), (modes.Speed, modes.IsFullDuplex));
        var unknown = EthtoolLinks.Parse(4, Join(header, Attribute(5, BitConverter.GetBytes(-1)), Attribute(6, [0xff])))!;
        Assert.Equal((null, null), (unknown.Speed, unknown.IsFullDuplex));
        static byte[] Bit(int index, string name, bool isSet) => Attribute(1, Join(Attribute(1, BitConverter.GetBytes(index)), Attribute(2, name + "\0"), isSet ? Attribute(3, []) : []));
        var listed = Join(Attribute(1, []), Attribute(2, BitConverter.GetBytes(64)), Attribute(3, Join(Bit(3, "tx-checksum", isSet: false), Bit(9, "tls-hw-record", isSet: false)))); // NOMASK
        var masked = Join(Attribute(2, BitConverter.GetBytes(64)), Attribute(3, Join(Bit(3, "tx-checksum", isSet: true), Bit(9, "tls-hw-record", isSet: false))));
        Assert.Equal(["tls-hw-record", "tx-checksum"], EthtoolLinks.Parse(11, Join(header, Attribute(4, listed)))!.ActiveFeatures.Order(StringComparer.Ordinal));
        Assert.Equal(["tx-checksum"], EthtoolLinks.Parse(11, Join(header, Attribute(2, listed), Attribute(4, masked)))!.ActiveFeatures);
        Assert.Null(EthtoolLinks.Parse(6, Attribute(2, [1])));
        byte[] generic = [6, 1, 0, 0];
        var kept = EthtoolScrubber.Scrub(6, Join(generic, header, Attribute(2, [1]), Attribute(400, "SECRET")))!;
        Assert.Equal(Join(generic, header, Attribute(2, [1])), kept);
    }

    [Fact]
    public void Neighbours_FromTheirHeader()
    {
        byte[] header = [2, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 1];
        var neighbour = NeighbourTable.Parse(Join(header, Attribute(1, [192, 0, 2, 7]), Attribute(2, [2, 0, 0, 0, 0, 7])))!;
        Assert.Equal((5, IPAddress.Parse("192.0.2.7"), NeighbourState.Stale, "020000000007", true), (neighbour.InterfaceIndex, neighbour.Address, neighbour.State, neighbour.HardwareAddress!.ToString(), neighbour.IsUsable));
        Assert.False(NeighbourTable.Parse(Join([2, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 1], Attribute(1, [192, 0, 2, 7])))!.IsUsable);
        Assert.Null(NeighbourTable.Parse(Join(header, Attribute(1, [192, 0, 2]))));
    }

    [Fact]
    public void WhateverAMessageHolds_ItsReaderReturns() => Gen.Byte.Array[0, 120].Sample(
        static bytes =>
        {
            Devlink.ParseDevice(bytes);
            Devlink.ParseReporter(bytes);
            DevlinkScrubber.Scrub(bytes);
            NeighbourTable.Parse(bytes);
            foreach (var command in new[] { EthtoolLinks.StateGet, EthtoolLinks.ModesGet, EthtoolLinks.FeaturesGet })
            {
                EthtoolLinks.Parse(command, bytes);
                EthtoolScrubber.Scrub(command, bytes);
            }
        },
        iter: Fuzzing.Inputs(100_000));

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task TheKernelsOwnAnswers_AreRead()
    {
        Needs.Root();
        await using var here = await NetworkNamespace.CreateAsync();
        await using var there = await NetworkNamespace.CreateAsync();
        await here.AddVethAsync("va", there, "vb");
        await here.AddAddressesAsync("va", "192.0.2.1/24");
        await here.IpAsync("neigh", "add", "192.0.2.9", "lladdr", "02:00:00:00:00:09", "dev", "va", "nud", "permanent");
        using var host = await here.InsideAsync(static () => new LiveHost());

        Assert.True(EthtoolStrings.ReadStatistics(host, "va").Value!.ContainsKey("peer_ifindex"));
        Assert.Contains("tx-generic-segmentation", EthtoolStrings.ReadActiveFeatures(host, "va").Value!);
        Assert.False(EthtoolStrings.ReadStatistics(host, "nobody").IsFound);
        var link = Assert.Single(EthtoolLinks.Read(host).Value!, static link => link.Interface == "va");
        Assert.Equal((true, 10_000L, true), (link.IsUp, link.Speed, link.IsFullDuplex));
        Assert.Equal(EthtoolStrings.ReadActiveFeatures(host, "va").Value!.Order(StringComparer.Ordinal), link.ActiveFeatures.Order(StringComparer.Ordinal)); // Both ways say the same.
        var neighbour = Assert.Single(NeighbourTable.Read(host).Value!, entry => entry.Address.Equals(IPAddress.Parse("192.0.2.9")));
        Assert.Equal((NeighbourState.Permanent, "020000000009"), (neighbour.State, neighbour.HardwareAddress!.ToString()));
    }

    [Fact]
    public void Sysfs_IsReadAsItIs_AndWhatIsMissingIsMissing()
    {
        using var folder = new ImageFolder();
        const string Device = "files/sys/bus/pci/devices/0000%3A04%3A00.4";
        folder.Write($"{Device}/vendor", "0x1425\n").Write($"{Device}/device", "0x640d\n").Write($"{Device}/class", "0x020000\n").Write($"{Device}/sriov_numvfs", "4\n").Write($"{Device}/numa_node", "-1\n")
            .Write($"{Device}/aer_dev_fatal", "Undefined 0\nTOTAL_ERR_FATAL 3\n").Write("files/sys/bus/pci/devices/0000%3A05%3A00.0/vendor", "garbage\n")
            .Write("files/sys/class/net/eth2/ifindex", "4\n").Write("files/sys/class/net/eth2/carrier", "1\n").Write("files/sys/class/net/eth2/mtu", "99999999999999999999\n")
            .Write("files/sys/class/net/bond0/bonding/mode", "802.3ad 4\n").Write("files/sys/module/t4_tom/version", "3.14.0.3\n").Write("files/sys/module/t4_tom/parameters/activated", "1\n")
            .Write("tree.json", """{ "links": { "/sys/bus/pci/devices/0000:04:00.4/driver": "../../drivers/cxgb4" }, "directories": [ "/sys/bus/pci/devices/0000:04:00.4/net/eth2", "/sys/class/net/bond0/lower_eth2" ] }""");
        using var host = folder.Open();

        var device = Assert.Single(PciDevices.Find(host, 0x1425));
        Assert.Equal(("0000:04:00.4", (ushort)0x640d, 0x020000, "cxgb4", 4, (int?)null), (device.Address, device.Device, device.Class, device.Driver, device.VirtualFunctions, device.NumaNode));
        Assert.Equal((new PciErrors(null, null, 3), false), (device.Errors, device.IsVirtualFunction));
        Assert.Equal(["eth2"], device.Interfaces);
        Assert.Empty(PciDevices.Find(host, 0x1077));
        var ethernet = NetworkDevice.Read(host, "eth2")!;
        Assert.Equal((4, true, 0, ""), (ethernet.Index, ethernet.HasCarrier, ethernet.Mtu, ethernet.State));
        var bond = NetworkDevice.Read(host, "bond0")!;
        Assert.Equal(("802.3ad 4", (bool?)null), (bond.BondMode, bond.HasCarrier));
        Assert.Equal(["eth2"], bond.Lower);
        Assert.Null(NetworkDevice.Read(host, "eth9"));
        var module = KernelModule.Read(host, "t4_tom")!;
        Assert.Equal(("3.14.0.3", "1"), (module.Version, module.Parameters["activated"]));
        Assert.Null(KernelModule.Read(host, "cxgb4"));
    }

    [Theory]
    [InlineData(2, 2, null)]
    [InlineData(0, 2, "EAGAIN")] // Linux 6.18: the number is not what it was, so there are none.
    [InlineData(3, 2, "EAGAIN")]
    [InlineData(2, 0, "EAGAIN")]
    public void Statistics_AreRead_UnlessTheirNumberChangedMeanwhile(int names, int values, string? error)
    {
        using var folder = new ImageFolder();
        // struct ethtool_sset_info, ethtool_gstrings with names of 32 octets, ethtool_stats: linux/ethtool.h
        folder.Write("calls.json", $$"""
            { "ethtool": [
              { "interface": "eth2", "request": "37000000000000000200", "answer": "3700000000000000020000000000000002" },
              { "interface": "eth2", "request": "1b0000000100000002", "answer": "1b00000001000000{{names:x2}}000000{{Name("rx_packets")}}{{Name(" tx_drops ")}}" },
              { "interface": "eth2", "request": "1d00000002", "answer": "1d000000{{values:x2}}00000007000000000000000900000000000000" } ] }
            """);
        using var host = folder.Open();
        var answer = EthtoolStrings.ReadStatistics(host, "eth2");
        Assert.Equal(error, answer.IsFound ? null : ErrorNumber.Name(answer.ErrorNumber));
        if (answer.IsFound)
            Assert.Equal([("rx_packets", 7UL), ("tx_drops", 9UL)], answer.Value.Select(static pair => (pair.Key, pair.Value)).Order());
    }

    /// <summary>Whatever stands in a file of /sys or an ethtool answer, each reader returns, and within its bounds.</summary>
    [Fact]
    public void WhateverAMachineAnswers_ItsReaderReturns()
    {
        const string Pci = "files/sys/bus/pci/devices/0000%3A04%3A00.4", Net = "files/sys/class/net/eth2";
        string[] files =
        [
            $"{Pci}/vendor", $"{Pci}/device", $"{Pci}/class", $"{Pci}/subsystem_vendor", $"{Pci}/subsystem_device", $"{Pci}/sriov_numvfs", $"{Pci}/numa_node", $"{Pci}/aer_dev_fatal",
            $"{Net}/ifindex", $"{Net}/carrier", $"{Net}/mtu", $"{Net}/dev_port", $"{Net}/operstate", $"{Net}/uevent", "files/sys/module/qed/version", "files/sys/module/qed/parameters/x",
        ];
        // Without them there is no device: whatever is tried in their place, they are put back.
        string[] needed = ["0x1077\n", "0x1656\n", "0x020000\n"];
        using var folder = new ImageFolder();
        for (var index = 0; index < needed.Length; index++)
            folder.Write(files[index], needed[index]);
        var content = Gen.OneOf(
            Gen.Byte.Array[0, 40].Select(Encoding.Latin1.GetString),
            Gen.Long.Select(static number => $"{number}\n"),
            Gen.UInt.Select(static number => $"0x{number:x}\n"),
            Gen.UInt.Select(static number => $"0xfffffffff{number:x}"),
            Gen.Select(Gen.String, Gen.Long).Select(static pair => $"{pair.Item1}\nTOTAL_ERR_FATAL {pair.Item2}\n"));
        var found = 0;
        Gen.Select(Gen.Int[0, files.Length - 1], content, Gen.Byte.Array[0, 64]).Sample(
            change =>
            {
                folder.Write(files[change.Item1], change.Item2);
                var structure = Convert.ToHexString(change.Item3);
                folder.Write("calls.json", $$"""
                    { "ethtool": [
                      { "interface": "eth2", "request": "03", "answer": "{{structure}}" },
                      { "interface": "eth2", "request": "37000000000000000200", "answer": "370000000000000002000000000000000{{change.Item1 % 8}}" },
                      { "interface": "eth2", "request": "37000000000000001000", "answer": "{{structure}}" },
                      { "interface": "eth2", "request": "1b0000000100000002", "answer": "{{structure}}" },
                      { "interface": "eth2", "request": "1d00000002", "answer": "{{structure}}" } ] }
                    """);
                using var host = folder.Open();
                if (PciDevices.Read(host, "0000:04:00.4") is { } device)
                {
                    found++;
                    Assert.InRange(device.Class, 0, 0xffffff);
                    Assert.InRange(device.VirtualFunctions, 0, ushort.MaxValue);
                    Assert.True(device.NumaNode is null or >= 0);
                }

                var ethernet = NetworkDevice.Read(host, "eth2");
                Assert.True(ethernet is null || (ethernet.Mtu >= 0 && ethernet.Index >= 0 && ethernet.Port >= 0));
                _ = KernelModule.Read(host, "qed");
                Assert.True(EthtoolDriver.Read(host, "eth2").IsFound);
                _ = EthtoolStrings.ReadStatistics(host, "eth2").Reason;
                _ = EthtoolStrings.ReadActiveFeatures(host, "eth2").Reason;
                if (change.Item1 < needed.Length)
                    folder.Write(files[change.Item1], needed[change.Item1]);
            },
            iter: 3000,
            threads: 1);
        Assert.True(found > 1000, $"{found} devices");
    }

    private static string Name(string text) => Convert.ToHexString(Encoding.ASCII.GetBytes(text.PadRight(32, '\0')));

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(static part => part)];

    private static byte[] Attribute(ushort type, string text) => Attribute(type, Encoding.UTF8.GetBytes(text));

    private static byte[] Attribute(ushort type, byte[] value)
    {
        var attribute = new byte[(4 + value.Length + 3) & ~3];
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(attribute.AsSpan(2), type);
        value.CopyTo(attribute.AsSpan(4));
        return attribute;
    }
}
