using System.Text;
using CsCheck;
using Toe.QLogic.Devices;
using Toe.Testing;

namespace Toe.QLogic.Tests.Devices;

/// <summary>The strings that drivers give, written from their sources.</summary>
public sealed class FirmwareTests
{
    private const int Longest = 31;

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
    [InlineData("qede", "mfw 8.10.10.21", "8.10.10.21 8.10.10.0", "8.10.10.21", "8.10.10.0")] // no room for the label
    [InlineData("qede", "mfw 8.52.10.0", "8.37.0.20", "8.52.10.0", null)] // a driver's version is no storm firmware
    [InlineData("qede", "mfw 8.52.10.0", "6.1.0", "8.52.10.0", null)] // nor is the kernel's
    [InlineData("qede", "mbi 115.135.101 [mfw 118.155.12", "[storm 8.59.1.0]", null, "8.59.1.0")] // cut in the third number
    [InlineData("qede", "mbi 15.135.101 [mfw 8.155.122.1", "[storm 8.59.1.0]", null, "8.59.1.0")] // cut in the fourth: what is left looks whole
    [InlineData("qlge", "v1.35.11", "1.00.00.35", "1.35.11.0", null)]
    [InlineData("qlge", "1.35.11", "1.00.00.35", null, null)]
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
    [InlineData("8 .59.1.0", null)]
    [InlineData("85 9.1.0.0", null)]
    [InlineData("4294967296.0.0.0", null)]
    [InlineData("", null)]
    public void AnRdmaDevicesVersion_MayHaveBlanks(string text, string? version) => Assert.Equal(Version(version), QLogicFirmware.ReadAlone(text));

    /// <summary>As the drivers print them, with numbers of one to three digits in every place, so that the field's end falls on every character: what is read is the truth, or nothing.</summary>
    [Theory]
    [InlineData("qede until 2017")]
    [InlineData("qede until 2017, without labels")]
    [InlineData("qede, board's image")]
    [InlineData("qede, no image")]
    [InlineData("qede, driver's version without label")]
    [InlineData("bnx2x")]
    [InlineData("bnx2")]
    public void EveryCut_GivesTheTruthOrNothing(string layout)
    {
        var whole = 0;
        foreach (var digits in Enumerable.Range(0, 6561)) // 3 to the power of 8
        {
            var numbers = new uint[8];
            for (var (i, rest) = (0, digits); i < numbers.Length; i++, rest /= 3)
                numbers[i] = (uint)new[] { 1 + i, 81 + i, 190 + i }[rest % 3];
            var printed = Printed.As(layout, new(numbers[0], numbers[1], numbers[2], numbers[3]), new(numbers[4], numbers[5], numbers[6], numbers[7]));
            var (firmware, version) = (Field(printed.Firmware), Field(printed.Version));
            var read = QLogicFirmware.Read(printed.Driver, firmware, version);
            Assert.True(read.Adapter is null || read.Adapter == printed.Adapter, $"{firmware} → {read.Adapter}");
            Assert.True(read.Storm is null || read.Storm == printed.Storm, $"{firmware}, {version} → {read.Storm}");
            if (printed.Firmware.Length >= Longest || printed.Version.Length >= Longest)
                continue;
            Assert.Equal((printed.Adapter, printed.Storm), (read.Adapter!.Value, read.Storm)); // Nothing was cut.
            whole++;
        }

        Assert.InRange(whole, 1, 6561);
    }

    /// <summary>No field is shorter than 31, but a string that ends anywhere must not be an exception, nor one version become two.</summary>
    [Theory]
    [InlineData("qede", "mfw 8.10.10.21 storm 8.10.10.10")]
    [InlineData("qede", "mbi 15.135.101 [mfw 8.155.122.1")]
    [InlineData("bnx2x", "mbi 7.14.79 bc 7.13.75 phy 1.34")]
    public void EveryLength_IsReadWithoutAnException(string driver, string whole)
    {
        for (var length = 0; length <= whole.Length; length++)
        {
            _ = QLogicFirmware.Read(driver, whole[..length], whole[..length]);
            _ = QLogicFirmware.ReadAlone(whole[..length]);
        }
    }

    private static string Field(string text) => text[..Math.Min(Longest, text.Length)];

    [Fact]
    public void AnyString_IsReadWithoutAnException() =>
        Gen.Select(One("qede", "bnx2x", "bnx2", "qlcnic", "netxen_nic", "qlge", "?"), Gen.OneOf(
            Gen.String, Gen.Byte.Array[0, 40].Select(Encoding.UTF8.GetString), One("mfw ", "storm ", "mbi ", "bc ", "v", "8.1", ".", " ", "]").Array[0, 12].Select(string.Concat))).Sample(
            (driver, text) =>
            {
                _ = QLogicFirmware.Read(driver, text, text);
                _ = QLogicFirmware.ReadAlone(text);
            },
            iter: Fuzzing.Inputs(100_000));

    private static Gen<string> One(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    private static FirmwareVersion? Version(string? text) => text is null ? null : FirmwareVersion.Parse(text, null);
}
