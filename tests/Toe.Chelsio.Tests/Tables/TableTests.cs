using System.Net;
using Toe.Chelsio.Tables;

namespace Toe.Chelsio.Tests.Tables;

/// <summary>Every table of the modules and of debugfs in the form of Unified Wire 3.14.0.3 and Linux 5.4, and with columns missing or added.</summary>
public sealed class TableTests
{
    [Fact]
    public void OffloadDevices_OneRowAnAdapter()
    {
        var devices = OffloadDeviceTable.Parse("""
            Device           Offload Module     Policy   Interfaces
            toe0             Chelsio-T4           no     eth2 eth3
            toe1             <None>               yes    eth4
            """);
        Assert.Collection(
            devices,
            one => Assert.Equal(("toe0", "Chelsio-T4", false, "eth2 eth3"), (one.Name, one.Module, one.HasPolicy, string.Join(' ', one.Interfaces))),
            one => Assert.Equal(("toe1", null, true, "eth4"), (one.Name, one.Module, one.HasPolicy, string.Join(' ', one.Interfaces))));
    }

    [Theory]
    [InlineData("Device Offload Module Interfaces\ntoe0 Chelsio-T4 eth2 eth3", null)]
    [InlineData("Device Offload Module Bucket Policy Interfaces\ntoe0 Chelsio-T4 7 yes eth2 eth3", true)]
    [InlineData("Policy Device Offload Module Interfaces\nno toe0 Chelsio-T4 eth2 eth3", false)]
    [InlineData("Device Offload Module Policy Interfaces\ntoe0 Chelsio-T4 perhaps eth2 eth3", null)]
    public void OffloadDevices_ColumnsAreFoundByTheirHeading(string text, bool? policy)
    {
        var device = Assert.Single(OffloadDeviceTable.Parse(text));
        Assert.Equal(("toe0", "Chelsio-T4", policy, "eth2 eth3"), (device.Name, device.Module, device.HasPolicy, string.Join(' ', device.Interfaces)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("toe0 Chelsio-T4 no eth2")]
    [InlineData("Device Offload Module Policy Interfaces")]
    [InlineData("Device Offload Module Policy Interfaces\ntoe0")]
    public void OffloadDevices_WithoutHeadingOrModule_AreNone(string text) => Assert.Empty(OffloadDeviceTable.Parse(text));

    [Theory]
    [InlineData("TID     Port       IP address\n5615    8080    198.51.100.10\n5614    443     ::")]
    [InlineData("TID     Bucket  Port       IP address\n5615    3       8080    198.51.100.10\n5614    9       443     ::")]
    public void Listeners_WithAndWithoutBucket(string text)
    {
        Assert.Equal(
            [new OffloadListener(5615, 8080, IPAddress.Parse("198.51.100.10")), new OffloadListener(5614, 443, IPAddress.IPv6Any)],
            OffloadListenerTable.Parse(text));
    }

    [Fact]
    public void Listeners_RowsWithoutPortOrAddress_AreLeftOut() =>
        Assert.Empty(OffloadListenerTable.Parse("TID Port IP address\n1 0 192.0.2.1\n2 65536 192.0.2.1\n3 80 nobody\n-4 80 192.0.2.1\n5"));

    [Fact]
    public void Identifiers_InEveryFormOfTheFile()
    {
        var table = IdentifierTable.Parse("""
            Connections in use: 12
            TID range: 0..5119/6144..18431, in use: 3/9
            STID range: 5120..5615, in use-IPv4/IPv6: 2/1
            ATID range: 0..8191, in use: 0
            FTID range: 5616..6111
            SFTID range: 10..19 in use: 4
            UOTID range: 18432..20479, in use: 7
            HW TID usage: 12 IP users, 5 IPv6 users
            """);
        Assert.Equal(12, table.Connections);
        Assert.Equal(new IdentifierRange(5120 + 12288, 12), table.Tids);
        Assert.Equal(new IdentifierRange(496, 3), table.Stids);
        Assert.Equal(new IdentifierRange(8192, 0), table.Atids);
        Assert.Equal(new IdentifierRange(496, null), table.Find("FTID"));
        Assert.Equal(new IdentifierRange(10, 4), table.Find("SFTID"));
        Assert.Equal(new IdentifierRange(2048, 7), table.Find("UOTID"));
        Assert.Equal((12, 5), (table.HardwareIPv4, table.HardwareIPv6));
    }

    [Fact]
    public void Identifiers_OfACardWithoutHash() => Assert.Equal(new IdentifierRange(5120, 12), IdentifierTable.Parse("TID range: 0..5119, in use: 12").Tids);

    [Fact]
    public void Identifiers_CountedForEachFamily() =>
        Assert.Equal(new IdentifierRange(5120 + 12288, 10), IdentifierTable.Parse("TID range: 0..5119/6144..18431, in use IPv4: 1/2, in use IPv6: 3/4").Tids);

    [Theory]
    [InlineData("TID range: 5119..0, in use: 12")]
    [InlineData("TID range: 0..9223372036854775807, in use: 1")]
    [InlineData("TID range: 0..99999999999999999999, in use: 1")]
    [InlineData("TID range: -1..5, in use: 1")]
    [InlineData("TID range: 0..")]
    [InlineData("TID range")]
    public void Identifiers_ThatAreNoRange_AreNone(string text) => Assert.Null(IdentifierTable.Parse(text).Tids);

    [Fact]
    public void Statistics_ByLabel_AColumnAChannel()
    {
        var statistics = LabelledValues.Parse("""
            --------Adapter Stats--------
            tcp_ipv4_out_rsts:                 4
            tp_err_ofld_no_neigh:              0

            -------- Channel Stats --------
            tp_cpl_requests:           81000      80211
            """);
        Assert.Equal((4, 0), (statistics.Number("tcp_ipv4_out_rsts"), statistics.Number("tp_err_ofld_no_neigh")));
        Assert.Equal(161_211, statistics.Sum("tp_cpl_requests"));
        Assert.Null(statistics.Number("no such counter"));
        Assert.Null(statistics.Sum("no such counter"));
    }

    [Fact]
    public void TransmitRates_SplitNicAndOffload()
    {
        var rates = LabelledValues.Parse("              channel 0   channel 1\nNIC B/s:          20480        1024\nOffload B/s: 1181116006    90211213");
        Assert.Equal((21_504, 1_271_327_219), (rates.Sum("NIC B/s"), rates.Sum("Offload B/s")));
    }

    [Theory]
    [InlineData("Temperature: 58C\nCore VDD: 985mV", 58)]
    [InlineData("Temperature:58C", 58)]
    [InlineData("Temperature: <unknown>", null)]
    public void Sensors_WithTheirUnits(string text, int? degrees) => Assert.Equal(degrees, (int?)LabelledValues.Parse(text).Number("Temperature"));

    [Fact]
    public void OtherLabelledFiles_HaveTheSameForm()
    {
        Assert.Equal(["t4_tom"], LabelledValues.Parse("RDMA: iw_cxgb4\nTOE: t4_tom").Words("TOE"));
        Assert.Equal(64, LabelledValues.Parse("Virtual Interfaces (nvi):                                    64").Number("Virtual Interfaces (nvi)"));
        Assert.Equal(9, LabelledValues.Parse("Chelsio Inline TLS Stats\nTLS PDU Tx: 9").Number("TLS PDU Tx"));
        Assert.Equal(3, LabelledValues.Parse("Cipher Ops: 3\nIPSec PDU: 0").Number("Cipher Ops"));
        Assert.Equal((16384, 5), (LabelledValues.Parse("MSS: 16384").Number("MSS"), LabelledValues.Parse("C-channel 1 SYN queue ID: 5").Number("C-channel 1 SYN queue ID")));
    }

    [Fact]
    public void Neighbours_AreCountedByRows()
    {
        Assert.Equal(2, L2Table.CountEntries("""
             Idx IP address      Ethernet address  VLAN/P LP State Users Port
               1 198.51.100.1    02:00:5e:10:01:01   0 0   0   V       9 eth2
               2 2001:db8::1     02:00:5e:10:01:02   0 0   1   S       3 eth3
               x
            """));
        Assert.Equal(0, L2Table.CountEntries(" Idx IP address"));
        Assert.Null(L2Table.CountEntries("something else"));
    }

    [Fact]
    public void ClipTable_CountsAddressesAndWhatIsLeft()
    {
        Assert.Equal(new ClipTable(2, 318), ClipTable.Parse("IPv6 Address                    Users\n2001:db8::1     4\nfe80::1    1\nFree clip entries : 318"));
        Assert.Equal(new ClipTable(0, null), ClipTable.Parse("Free clip entries : many"));
    }

    [Fact]
    public void Memory_SaysWhatIsLeft()
    {
        var memory = CardMemory.Parse("""
            EDC0:                   0x0-0x1fffff [2.00 MiB]
            1280 Rx pages (1270 free) of size 64KiB for 2 channels
            2304 Tx pages (2300 free) of size 64KiB for 2 channels
            49152 p-structs (49100 free)
            Port 0 using 27 pages out of 240 allocated
            """);
        Assert.Equal((new PageCount(1280, 1270), new PageCount(2304, 2300), new PageCount(49152, 49100)), (memory.ReceivePages, memory.TransmitPages, memory.PageStructures));
        Assert.Equal(10, memory.ReceivePages!.Value.Used);
    }

    [Fact]
    public void Memory_OfADriverThatDoesNotSayWhatIsFree_IsUnknown() => Assert.Null(CardMemory.Parse("1280 Rx pages of size 64KiB for 2 channels").ReceivePages);

    [Fact]
    public void PayloadStatistics_InTwoHalves()
    {
        var statistics = PayloadStatistics.Parse("""
                            Tx pcmds             Tx bytes
            Read:                  1024              1048576
            Bypass + mem:             0                    3
                            Rx pcmds             Rx bytes
            Read:                   900               921600
            Flush:                    1                    2
            """);
        Assert.Equal((new PayloadCounter(1024, 1048576), new PayloadCounter(0, 3)), (statistics.Transmit["Read"], statistics.Transmit["Bypass + mem"]));
        Assert.Equal((new PayloadCounter(900, 921600), new PayloadCounter(1, 2)), (statistics.Receive["Read"], statistics.Receive["Flush"]));
    }

    [Fact]
    public void Queues_InBlocksByKind()
    {
        var blocks = QueueTable.Parse("""
            QType:               Ethernet  Ethernet
            Interface:           eth2  eth3
            TxQ ID:              1024  1025

            QType:               FW event queue
            RspQ ID:             1000
            """);
        Assert.Equal([("Ethernet", 2), ("FW event queue", 1)], blocks.Select(block => (block.Kind, block.Columns)));
        Assert.Equal(["1024", "1025"], blocks[0].Rows["TxQ ID"]);
        Assert.Equal(["1000"], blocks[1].Rows["RspQ ID"]);
    }

    [Fact]
    public void DeviceLog_RowByRow()
    {
        var entry = Assert.Single(DeviceLog.Parse("      Seq#          Tstamp     Level  Facility  Message\n         2        18446801    INFO        OFLD  offload is on: 2 channels\n"));
        Assert.Equal(new DeviceLogEntry(2, 18446801, "INFO", "OFLD", "offload is on: 2 channels"), entry);
    }

    [Fact]
    public void PathMtus_AreSixteenNumbers() =>
        Assert.Equal([88, 256, 512, 576, 808, 1024, 1280, 1488, 1500, 2002, 2048, 4096, 4352, 8192, 9000, 9600], NumberList.Parse("88 256 512 576 808 1024 1280 1488\n1500 2002 2048 4096 4352 8192 9000 9600"));

    [Theory]
    [InlineData("-1", -1)]
    [InlineData(" 40960\n", 40960)]
    [InlineData("", null)]
    [InlineData("yes", null)]
    [InlineData("1 2", null)]
    [InlineData("0x1", null)]
    [InlineData("99999999999999999999", null)]
    public void Settings_AreOneNumber(string text, int? value) => Assert.Equal(value, (int?)NumberList.ParseOne(text));

    [Theory]
    [InlineData("ipv6 offload support = enabled", true)]
    [InlineData("ipv6 offload support = disabled", false)]
    [InlineData("ipv6 offload support = perhaps", null)]
    [InlineData("", null)]
    public void IPv6_IsOnOrOffOrUnknown(string text, bool? enabled) => Assert.Equal(enabled, IPv6Offload.Parse(text));
}
