using CsCheck;
using Toe.QLogic.Devices;
using Toe.Testing;

namespace Toe.QLogic.Tests.Devices;

/// <summary>The strings that drivers give, written from their sources.</summary>
public sealed class FirmwareTests
{
    [Theory]
    [InlineData("netxen_nic", "4.0.593", "4.0.82", "4.0.593.0", null)]
    [InlineData("qlcnic", "4.18.5", "5.3.66", "4.18.5.0", null)]
    [InlineData("qlcnic", "4.18", "5.3.66", null, null)]
    [InlineData("qlcnic", "4.18.5.1", "5.3.66", null, null)]
    [InlineData("bnx2", "5.2.3 bc 5.2.3 NCSI 2.0.11", "2.2.6", "5.2.3.0", null)]
    [InlineData("bnx2", "bc 4.6.4", "2.2.6", "4.6.4.0", null)]
    [InlineData("bnx2", "FFV7.12.17", "2.2.6", null, null)]
    [InlineData("bnx2x", "mbi 7.14.19 bc 7.13.75 phy 1.34", "1.713.36-0", "7.13.75.0", null)]
    [InlineData("bnx2x", "FFV7.10.17 bc 7.10.4", "1.713.36-0", "7.10.4.0", null)]
    [InlineData("bnx2x", "FFV7.12b.4.1c aaaaaaaa bc 7.13.", "1.713.36-0", null, null)] // cut by the field
    [InlineData("bnx2x", "FFV7.12b.4.1c aaaaaaaa bc 7.1.3", "1.713.36-0", null, null)] // the field's last character: 7.1.3 or 7.1.3x?
    [InlineData("qede", "mfw 8.10.10.21 storm 8.10.10.0", "8.10.10.21", "8.10.10.21", "8.10.10.0")] // 30 characters: whole
    [InlineData("qede", "mfw 8.10.10.21 storm 8.10.10.10", "8.10.10.21", "8.10.10.21", null)] // 31: the storm firmware may be cut
    [InlineData("qede", "mfw 8.4.2.0 storm 8.4.2.0", "8.4.2.0", "8.4.2.0", "8.4.2.0")]
    [InlineData("qede", "8.10.10.21 8.10.10.0", "8.10.10.21", "8.10.10.21", "8.10.10.0")]
    [InlineData("qede", "mbi 15.10.11 [mfw 8.52.10.0]", "8.37.0.20 [storm 8.42.2.0]", "8.52.10.0", "8.42.2.0")]
    [InlineData("qede", "mfw 8.52.10.0", "[storm 8.59.1.0]", "8.52.10.0", "8.59.1.0")]
    [InlineData("qede", "mbi 15.35.1 [mfw 8.59.1.0]", "8.70.12.0 [storm 8.70.4.0", "8.59.1.0", "8.70.4.0")] // no bracket
    [InlineData("qede", "mbi 15.10.11", "5.10.0", null, null)]
    [InlineData("qede", "N/A", "", null, null)]
    [InlineData("qede", "", "", null, null)]
    [InlineData("e1000e", "3.2-2", "5.4", null, null)]
    public void EveryDriversString_IsReadByItsGrammar(string driver, string firmware, string version, string? adapter, string? storm)
    {
        var read = QLogicFirmware.Read(driver, firmware, version);
        Assert.Equal((Version(adapter), Version(storm)), (read.Adapter, read.Storm));
    }

    [Theory]
    [InlineData("8.59.1.0", "8.59.1.0")]
    [InlineData("8. 59. 1. 0", "8.59.1.0")]
    [InlineData("8.59.1", null)]
    [InlineData("", null)]
    public void AnRdmaDevicesVersion_MayHaveBlanks(string text, string? version) => Assert.Equal(Version(version), QLogicFirmware.ReadAlone(text));

    [Fact]
    public void AnyString_IsReadWithoutAnException() =>
        Gen.Select(Gen.Int[0, 5].Select(i => new[] { "qede", "bnx2x", "bnx2", "qlcnic", "netxen_nic", "?" }[i]), Gen.OneOf(Gen.String, Gen.Int[0, 6].Select(i => new[] { "mfw ", "storm ", "mbi ", "bc ", "8.1", ".", "]" }[i]).Array[0, 12].Select(string.Concat))).Sample(
            (driver, text) =>
            {
                _ = QLogicFirmware.Read(driver, text, text);
                _ = QLogicFirmware.ReadAlone(text);
            },
            iter: Fuzzing.Inputs(100_000));

    private static FirmwareVersion? Version(string? text) => text is null ? null : FirmwareVersion.Parse(text, null);
}
