namespace Toe.Linux.Recording;

/// <summary>
/// Keeps of devlink's messages what this SDK reads (linux/devlink.h), serial numbers struck out; what it does not read is left out, so that nothing hides in it.
/// Total: a message that does not have the form is left out.
/// </summary>
internal static class DevlinkScrubber
{
    private const int HeaderSize = 4;       // struct genlmsghdr

    /// <summary>The message without serial numbers; null when it is left out.</summary>
    /// <param name="payload">What follows nlmsghdr.</param>
    public static byte[]? Scrub(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < HeaderSize)
            return null;
        var message = new List<byte>(payload[..HeaderSize].ToArray());
        var reader = new AttributeReader(payload[HeaderSize..]);
        while (reader.TryRead(out var type, out var value))
        {
            switch (type)
            {
                case 1 or 2 or 3 or 98: // DEVLINK_ATTR_BUS_NAME, DEV_NAME, PORT_INDEX, INFO_DRIVER_NAME
                    AttributeCopy.Append(message, type, value);
                    break;
                case 99: // DEVLINK_ATTR_INFO_SERIAL_NUMBER
                    AttributeCopy.Append(message, type, Strike(value));
                    break;
                case 100 or 101 or 102: // DEVLINK_ATTR_INFO_VERSION_FIXED, RUNNING, STORED: NAME and VALUE
                    AttributeCopy.Append(message, type, Only(value, 103, 104));
                    break;
                case 114: // DEVLINK_ATTR_HEALTH_REPORTER: NAME, STATE, ERR_COUNT, RECOVER_COUNT
                    AttributeCopy.Append(message, type, Only(value, 115, 118));
                    break;
            }
        }

        return reader.IsMalformed ? null : [.. message];
    }

    private static byte[] Strike(ReadOnlySpan<byte> text)
    {
        var struck = text.ToArray();
        struck.AsSpan().TrimEnd((byte)0).Fill((byte)'0');
        return struck;
    }

    private static byte[] Only(ReadOnlySpan<byte> value, ushort first, ushort last)
    {
        var kept = new List<byte>();
        var reader = new AttributeReader(value);
        while (reader.TryRead(out var type, out var content))
        {
            if (type >= first && type <= last)
                AttributeCopy.Append(kept, type, content);
        }

        return [.. kept];
    }
}
