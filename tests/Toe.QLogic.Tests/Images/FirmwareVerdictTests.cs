using System.Net;
using Toe.Firmware;

namespace Toe.QLogic.Tests.Images;

/// <summary>The shipped catalogue on what adapters report: every version that is known to be bad, and those on either side of it.</summary>
public sealed class FirmwareVerdictTests
{
    private const string Address = "0000:3b:00.0";

    [Theory]
    // BCM57840: the boot code that a driver's update bricked, and the one that works
    [InlineData(0x14e4, 0x16a2, "bnx2x", "FFV7.12.4.2 bc 7.13.24", "Refuse", "Version.FirmwareBlocked")]
    [InlineData(0x1077, 0x16a1, "bnx2x", "bc 7.13.24", "Refuse", "Version.FirmwareBlocked")]
    [InlineData(0x14e4, 0x168d, "bnx2x", "bc 7.13.24", "Refuse", "Version.FirmwareBlocked")]
    [InlineData(0x14e4, 0x16a2, "bnx2x", "bc 7.13.25", "Warn", "Version.FirmwareOutdated")]
    [InlineData(0x14e4, 0x16a2, "bnx2x", "bc 7.13.75", "Ok", "None")]
    [InlineData(0x14e4, 0x168e, "bnx2x", "bc 7.13.24", "Ok", "None")] // another chip: nothing is known against it
    // NetXen: what Linux accepts of P3 and of P2
    [InlineData(0x4040, 0x0100, "netxen_nic", "4.0.504", "Refuse", "Version.FirmwareOld")]
    [InlineData(0x4040, 0x0100, "netxen_nic", "4.0.505", "Ok", "None")]
    [InlineData(0x4040, 0x0003, "netxen_nic", "3.4.215", "Refuse", "Version.FirmwareOld")]
    [InlineData(0x4040, 0x0003, "netxen_nic", "3.4.216", "Ok", "None")]
    // those of which nothing bad is known
    [InlineData(0x14e4, 0x1639, "bnx2", "6.2.12 bc 5.2.3 NCSI 2.0.11", "Ok", "None")]
    [InlineData(0x14e4, 0x163b, "bnx2", "bc 5.2.3", "Ok", "None")] // a later id
    [InlineData(0x1077, 0x8020, "qlcnic", "4.20.1", "Ok", "None")]
    [InlineData(0x1077, 0x8000, "qlge", "v1.35.11", "Ok", "None")]
    [InlineData(0x14e4, 0x1639, "bnx2", "6.2.12", "Refuse", "Version.FirmwareUnreadable")]
    public async Task OneFirmware(int vendor, int device, string driver, string firmware, string verdict, string reason)
    {
        await using var machine = new Machine().Function(Address, vendor, device, driver, firmware);
        await using var bench = await ImageBench.StartAsync(machine.Open());
        var assessment = bench.Firmware(Address);
        Assert.Equal((verdict, reason), (assessment.Verdict.ToString(), assessment.Reason.Name));
        Assert.NotNull(assessment.Source);
        Assert.Empty(assessment.Parts);
    }

    [Theory]
    [InlineData(0x8070, "mfw 8.55.22.0", "[storm 8.59.1.0]", "Ok", "None")]
    [InlineData(0x8070, "mfw 8.55.22.0", "[storm 8.59.0.0]", "Refuse", "Version.FirmwareOld")] // the faults of iWARP that 8.59.1.0 mends
    [InlineData(0x1656, "mfw 8.20.0.0 storm 8.33.1.0", "8.33.0.20", "Refuse", "Version.FirmwareOld")]
    [InlineData(0x8070, "mfw 8.55.22.0", "[storm 8.70.4.0]", "Ok", "None")]
    [InlineData(0x8070, "mfw 8.55.22.0", "[storm 8.70.4.1]", "Warn", "Version.FirmwareUntested")]
    [InlineData(0x8070, "mfw 8.55.22.0", "6.12.0", "Refuse", "Version.FirmwareUnreadable")] // nobody names the storm firmware
    [InlineData(0x8070, "mbi 15.135.101 [mfw 8.155.122.10]", "[storm 8.59.1.0]", "Refuse", "Version.FirmwareUnreadable")] // the field cuts the management firmware
    [InlineData(0x9999, "mfw 8.55.22.0", "[storm 8.59.0.0]", "Refuse", "Version.FirmwareOld")] // a later id
    public async Task TwoFirmwares_AreJudgedApart_AndTheHarderVerdictCounts(int device, string firmware, string version, string verdict, string reason)
    {
        await using var machine = new Machine().Function(Address, 0x1077, device, "qede", firmware, version);
        await using var bench = await ImageBench.StartAsync(machine.Open());
        var assessment = bench.Firmware(Address);
        Assert.Equal((verdict, reason), (assessment.Verdict.ToString(), assessment.Reason.Name));
        var storm = Assert.Single(assessment.Parts);
        Assert.Equal("storm", storm.Part);
        if (assessment.Firmware is not null && assessment.Verdict != FirmwareVerdict.Ok)
            Assert.Equal((assessment.Verdict, assessment.Reason), (storm.Verdict, storm.Reason));
    }

    [Fact]
    public async Task BadStormFirmware_IsRefusedByTheGate_UnderGoodManagementFirmware()
    {
        await using var bench = await ImageBench.StartAsync("ql-bad");
        var assessment = bench.Firmware(Address);
        Assert.Equal("8.52.9.0", assessment.Firmware.ToString());
        Assert.Contains("storm 8.42.2.0 is older than the minimum 8.59.1.0", assessment.Reason.Text, StringComparison.Ordinal);
        var candidate = bench.Stack.Explain(new ToeConnectRequest(new IPEndPoint(IPAddress.Parse("203.0.113.99"), 443))).Candidates.Single(static one => one.AdapterId == "qlogic:0000:3b:00.0");
        Assert.Equal("Version.FirmwareOld", candidate.Reason.Name);
    }

    [Fact]
    public async Task EachBadOneOfTheImage_IsFoundBad()
    {
        await using var bench = await ImageBench.StartAsync("ql-bad");
        Assert.Equal(
            [("qlogic:0000:04:00.0", "Version.FirmwareBlocked"), ("qlogic:0000:05:00.0", "Version.FirmwareOld"), ("qlogic:0000:3b:00.0", "Version.FirmwareOld")],
            bench.Ids.Select(id => (id, bench.Stack.GetFirmwareAssessment(id)!.Reason.Name)));
        Assert.All(bench.Ids, id => Assert.Equal(FirmwareVerdict.Refuse, bench.Stack.GetFirmwareAssessment(id)!.Verdict));
    }

    [Fact]
    public async Task DevlinkSpeaksBeforeEthtool_SinceItIsNotCut()
    {
        await using var bench = await ImageBench.StartAsync("ql-iwarp"); // ethtool says: mbi 15.35.1 [mfw 8.55.22.0]
        var assessment = bench.Firmware(Address);
        Assert.Equal(("8.55.22.0", "8.55.22.0"), (assessment.FirmwareText, assessment.Firmware.ToString()));
    }

    [Fact]
    public async Task TheRdmaDevice_NamesTheStormFirmware_WhereNobodyElseDoes()
    {
        await using var machine = new Machine().Function(Address, 0x1077, 0x8070, "qede", "mfw 8.55.22.0").Rdma(Address, "qedr0", "4: RNIC", null, firmware: "8. 59. 1. 0");
        await using var bench = await ImageBench.StartAsync(machine.Open());
        Assert.Equal((FirmwareVerdict.Ok, "8.59.1.0"), (bench.Firmware(Address).Verdict, Assert.Single(bench.Firmware(Address).Parts).Firmware.ToString()));
    }

    [Theory]
    [InlineData("8.59.1.0", "8.59.1.0", 3)]
    [InlineData("8.59.3.0", "8.59.1.0", 1)]
    [InlineData("8.59.5.0", "8.59.1.0", 0)]
    [InlineData("8.70.12.0", "8.70.4.0", 0)]
    [InlineData(null, "8.59.1.0", 1)] // the kernel's own: nothing tells whether it is mended
    [InlineData(null, "8.70.4.0", 0)]
    public async Task KnownFaultsOfDrivers_AreAdvisories(string? driver, string storm, int advisories)
    {
        await using var machine = new Machine().Function(Address, 0x1077, 0x8070, "qede", "mfw 8.55.22.0", $"[storm {storm}]").Module("qed", driver).Module("qedr", driver);
        await using var bench = await ImageBench.StartAsync(machine.Open());
        var notes = ((IReportsNotes)bench.Adapter(Address)).Notes;
        Assert.Equal(advisories, notes.Count);
        Assert.All(notes, static note => Assert.Equal((AdapterNoteKind.Advisory, true), (note.Kind, note.Source.Contains("FJT-", StringComparison.Ordinal))));
    }
}
