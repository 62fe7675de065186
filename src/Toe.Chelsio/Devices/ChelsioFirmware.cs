namespace Toe.Chelsio.Devices;

/// <summary>
/// The grammar of the firmware string that the driver gives by ETHTOOL_GDRVINFO: <c>a.b.c.d</c>, or <c>a.b.c.d, TP e.f.g.h</c> with the version
/// of the protocol engine behind it. <c>N/A</c> (Unified Wire) and an empty string (Linux) say that the card gave none.
/// Source: cxgb4_ethtool.c, get_drvinfo.
/// </summary>
internal static class ChelsioFirmware
{
    private const string ProtocolEngine = ", TP ";

    /// <summary>Reads the string; both versions must be whole.</summary>
    public static FirmwareVersion? Parse(string? text)
    {
        if (text is null)
            return null;
        var end = text.IndexOf(ProtocolEngine, StringComparison.Ordinal);
        if (end >= 0 && !IsWhole(text.AsSpan(end + ProtocolEngine.Length), out _))
            return null;
        return IsWhole(end < 0 ? text : text.AsSpan(0, end), out var version) ? version : null;
    }

    private static bool IsWhole(ReadOnlySpan<char> text, out FirmwareVersion version) =>
        FirmwareVersion.TryParse(text, out version) && text.Count('.') == 3;
}
