namespace Toe.Linux.Recording;

/// <summary>Keeps of ethtool's messages what this SDK reads (linux/ethtool_netlink.h): the interface's name and index, its link and features. Total, as <see cref="DevlinkScrubber"/>.</summary>
internal static class EthtoolScrubber
{
    private const int HeaderSize = 4;       // struct genlmsghdr

    /// <summary>The message without the rest; null when it is left out.</summary>
    /// <param name="command">The command that was asked.</param>
    /// <param name="payload">What follows nlmsghdr.</param>
    public static byte[]? Scrub(int command, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < HeaderSize)
            return null;
        var message = new List<byte>(payload[..HeaderSize].ToArray());
        var reader = new AttributeReader(payload[HeaderSize..]);
        while (reader.TryRead(out var type, out var value))
        {
            if (IsRead(command, type))
                AttributeCopy.Append(message, type, value);
        }

        return reader.IsMalformed ? null : [.. message];
    }

    private static bool IsRead(int command, ushort type) => (command, type) switch
    {
        (_, EthtoolLinks.Header) => true,
        (EthtoolLinks.StateGet, EthtoolLinks.StateLink) => true,
        (EthtoolLinks.ModesGet, EthtoolLinks.ModesSpeed or EthtoolLinks.ModesDuplex) => true,
        (EthtoolLinks.FeaturesGet, EthtoolLinks.FeaturesActive) => true,
        _ => false,
    };
}
