using Toe.Chelsio.Devices;

namespace Toe.Chelsio.Tests.Devices;

/// <summary>What a device id and a firmware string say.</summary>
public sealed class DeviceTests
{
    [Theory]
    [InlineData(0x640d, 6, "Unified", "T62100-CR", "Full")]
    [InlineData(0x5401, 5, "Unified", "T520-CR", "Full")]
    [InlineData(0x6402, 6, "Unified", "T6225-SO-CR", "MemoryFree")]
    [InlineData(0x6408, 6, "Unified", "T62100-SO-CR", "None")]
    [InlineData(0x600d, 6, "VirtualFunctionCarrier", "T62100-CR", "Full")]
    [InlineData(0x630d, 6, "VirtualFunctionCarrier", "T62100-CR", "Full")]
    [InlineData(0x650d, 6, "Storage", "T62100-CR", "Full")]
    [InlineData(0x660d, 6, "Storage", "T62100-CR", "Full")]
    [InlineData(0x680d, 6, "Virtual", "T62100-CR", "Full")]
    [InlineData(0x7401, 7, "Unified", "T7250", "Unknown")]
    [InlineData(0x8455, 8, "Unified", "T8 (0x8455)", "Unknown")]
    [InlineData(0x0031, 3, "Other", "T3B20", "None")]
    [InlineData(0x67ff, 6, "Other", "T6 (0x67ff)", "Unknown")]
    public void DeviceIds_AreReadByTheEncoding(int id, int generation, string function, string product, string support)
    {
        var device = new ChelsioDeviceId((ushort)id);
        Assert.Equal((generation, function), (device.Generation, device.Function.ToString()));
        Assert.Equal((product, support), (ChelsioProducts.Of(device).Name, ChelsioProducts.Of(device).Support.ToString()));
    }

    [Theory]
    [InlineData("1.25.6.0, TP 0.1.4.9", "1.25.6.0")]
    [InlineData("1.27.5.0", "1.27.5.0")]
    [InlineData("N/A", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("1.25.6", null)]
    [InlineData("1.25.6.0, TP", null)]
    [InlineData("1.25.6.0, TP 0.1.4", null)]
    [InlineData("1.25.6.0 beta", null)]
    [InlineData("1.25.6.4294967296", null)]
    public void FirmwareStrings_FollowTheDriversGrammar(string? text, string? version) => Assert.Equal(version, ChelsioFirmware.Parse(text)?.ToString());
}
