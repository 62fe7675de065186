using System.Buffers;

namespace Toe.QLogic.Devices;

/// <summary>
/// What a driver's strings say of firmware. What an operator can upgrade is the adapter's: management firmware, boot code or the whole image; storm firmware is what the driver brought.
/// </summary>
/// <param name="Text">The string as the driver gave it.</param>
/// <param name="Adapter">What the operator can upgrade; null when it could not be read.</param>
/// <param name="Storm">FastLinQ's fast path firmware; null when the driver does not say.</param>
internal sealed record QLogicFirmware(string Text, FirmwareVersion? Adapter, FirmwareVersion? Storm)
{
    private const int Field = 31;           // ETHTOOL_FWVERS_LEN and the field of the driver's version without the zero, linux/ethtool.h
    private const int LongestVersion = 48;
    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789.");

    /// <summary>Reads the strings of ETHTOOL_GDRVINFO, each cut at 31 characters. Total.</summary>
    /// <param name="driver">The driver's name.</param>
    /// <param name="firmware">Its <c>fw_version</c>.</param>
    /// <param name="version">Its <c>version</c>, where newer qede drivers put the storm firmware.</param>
    public static QLogicFirmware Read(string driver, string firmware, string version)
    {
        ArgumentNullException.ThrowIfNull(firmware);
        ArgumentNullException.ThrowIfNull(version);
        var text = firmware.Trim();
        return driver switch
        {
            // qlcnic_ethtool.c, netxen_nic_ethtool.c: three numbers and nothing else
            "qlcnic" or "netxen_nic" => new QLogicFirmware(text, Parse(text, parts: 3), null),
            // qlge_ethtool.c: the same behind a v
            "qlge" => new QLogicFirmware(text, text.StartsWith('v') ? Parse(text.AsSpan(1), parts: 3) : null, null),
            // bnx2.c: free text of the product data, then the boot code
            "bnx2" => new QLogicFirmware(text, After(text, "bc ", parts: 3), null),
            // bnx2x_main.c, bnx2x_fill_fw_str: [mbi M.m.r ]<free text>bc M.m.r[ phy …]
            "bnx2x" => new QLogicFirmware(text, After(text, "bc ", parts: 3), null),
            "qede" => ReadFastLinQ(text, version.Trim()),
            _ => new QLogicFirmware(text, null, null),
        };
    }

    /// <summary>Reads a version that stands alone, <c>A.B.C.D</c>: devlink's, or an RDMA device's, in which a driver of 2019 wrote blanks behind the dots.</summary>
    public static FirmwareVersion? ReadAlone(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length > LongestVersion ? null : Parse(text.Trim().Replace(". ", ".", StringComparison.Ordinal), parts: 4);
    }

    /// <summary>
    /// qede_ethtool.c: until 2017 <c>mfw A.B.C.D storm A.B.C.D</c>, or the two alone where that was too long; later <c>mbi M.m.r [mfw A.B.C.D]</c> or <c>mfw A.B.C.D</c>, with <c>[storm A.B.C.D]</c> in the
    /// driver's version, behind that of the driver or alone; or the two alone where that was too long.
    /// </summary>
    private static QLogicFirmware ReadFastLinQ(string text, string version)
    {
        var storm = After(text, "storm ", parts: 4) ?? After(version, "storm ", parts: 4);
        if (After(text, "mfw ", parts: 4) is { } management)
            return new QLogicFirmware(text, management, storm ?? Pair(version)?.Second);
        return Pair(text) is { } pair ? new QLogicFirmware(text, pair.First, pair.Second) : new QLogicFirmware(text, null, storm ?? Pair(version)?.Second);
    }

    /// <summary>Two versions and a blank between them; the second may have been cut.</summary>
    private static (FirmwareVersion First, FirmwareVersion? Second)? Pair(string text)
    {
        if (text.Split(' ') is not [var first, var second] || Parse(first, parts: 4) is not { } whole)
            return null;
        return (whole, text.Length >= Field ? null : Parse(second, parts: 4));
    }

    /// <summary>The version behind the last place of a label. One that the field's end cut short is none: its last number may be another.</summary>
    private static FirmwareVersion? After(string text, string label, int parts)
    {
        var at = text.LastIndexOf(label, StringComparison.Ordinal);
        if (at < 0)
            return null;
        var rest = text.AsSpan(at + label.Length);
        var length = rest.IndexOfAnyExcept(VersionCharacters);
        if (length < 0)
            length = text.Length >= Field ? 0 : rest.Length;
        return Parse(rest[..length], parts);
    }

    private static FirmwareVersion? Parse(ReadOnlySpan<char> text, int parts) =>
        text.Count('.') == parts - 1 && FirmwareVersion.TryParse(text, out var version) ? version : null;
}
