namespace Toe.Linux.Recording;

/// <summary>Writes attributes of netlink messages (<c>struct nlattr</c>, linux/netlink.h) to a list.</summary>
internal static class AttributeCopy
{
    /// <summary>Adds one attribute, filled up to four octets.</summary>
    public static void Append(List<byte> message, ushort type, ReadOnlySpan<byte> value)
    {
        var length = 4 + value.Length;
        message.AddRange([(byte)length, (byte)(length >> 8), (byte)type, (byte)(type >> 8)]);
        message.AddRange(value);
        message.AddRange(new byte[-length & 3]);
    }
}
