using System.Runtime.InteropServices;
using System.Text;

namespace Toe.Linux;

/// <summary>Reads <c>struct nlmsgerr</c> and the extended acknowledgement behind it. Source: linux/netlink.h.</summary>
internal static class NetlinkError
{
    private const ushort AttributeMessage = 1;      // NLMSGERR_ATTR_MSG
    private const int HeaderSize = 4 + NetlinkMessageHeader.Size;

    /// <summary>The outcome; a malformed acknowledgement is EBADMSG.</summary>
    internal static NetlinkOutcome Parse(NetlinkMessage message)
    {
        var payload = message.Payload;
        if (payload.Length < sizeof(int))
            return new(ErrorNumber.BadMessage, null);
        var error = MemoryMarshal.Read<int>(payload);
        if (error == int.MinValue)
            return new(ErrorNumber.BadMessage, null);
        return new(Math.Abs(error), ReadText(message.Header, payload));
    }

    private static string? ReadText(NetlinkMessageHeader header, ReadOnlySpan<byte> payload)
    {
        if ((header.Flags & NetlinkMessageHeader.FlagErrorAttributes) == 0 || payload.Length < HeaderSize)
            return null;
        var attributes = HeaderSize;
        // The request is quoted whole unless NLM_F_CAPPED.
        if ((header.Flags & NetlinkMessageHeader.FlagCapped) == 0)
        {
            var quoted = MemoryMarshal.Read<uint>(payload[sizeof(int)..]);
            if (quoted < NetlinkMessageHeader.Size || quoted > (uint)(payload.Length - sizeof(int)))
                return null;
            attributes = Math.Min(sizeof(int) + (((int)quoted + 3) & ~3), payload.Length);
        }

        var reader = new AttributeReader(payload[attributes..]);
        while (reader.TryRead(out var type, out var value))
        {
            if (type == AttributeMessage)
                return Encoding.UTF8.GetString(value.TrimEnd((byte)0));
        }

        return null;
    }
}
