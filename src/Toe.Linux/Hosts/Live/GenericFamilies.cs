using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace Toe.Linux.Live;

/// <summary>Asks the kernel for the numbers of generic netlink families (CTRL_CMD_GETFAMILY). Source: linux/genetlink.h.</summary>
[SupportedOSPlatform("linux")]
internal static class GenericFamilies
{
    public const int HeaderSize = 4;                // struct genlmsghdr

    private const ushort ControlFamily = 16;        // GENL_ID_CTRL
    private const byte GetFamily = 3;               // CTRL_CMD_GETFAMILY
    private const ushort AttributeId = 1;           // CTRL_ATTR_FAMILY_ID
    private const ushort AttributeName = 2;         // CTRL_ATTR_FAMILY_NAME
    private const ushort AttributeGroups = 7;       // CTRL_ATTR_MCAST_GROUPS
    private const ushort GroupName = 1;             // CTRL_ATTR_MCAST_GRP_NAME
    private const ushort GroupId = 2;               // CTRL_ATTR_MCAST_GRP_ID
    private const int LongestName = 16;             // GENL_NAMSIZ, with its zero

    /// <summary>Finds a family.</summary>
    /// <returns>The family, or null with the error number: ENOENT where the kernel does not have it.</returns>
    public static GenericFamily? Find(NetlinkSocket socket, string name, out NetlinkOutcome outcome)
    {
        outcome = new NetlinkOutcome(ErrorNumber.NoEntry, null);
        if (Encoding.UTF8.GetByteCount(name) is 0 or >= LongestName)
            return null;
        Span<byte> buffer = stackalloc byte[64];
        var writer = new NetlinkWriter(buffer, ControlFamily, NetlinkMessageHeader.FlagRequest);
        writer.Write(Header(GetFamily, 1));
        writer.WriteAttribute(AttributeName, Encoding.UTF8.GetBytes(name + '\0'));
        GenericFamily? family = null;
        outcome = socket.Request(writer.Finish(), message =>
        {
            if (message.Payload.Length > HeaderSize)
                family = Parse(message.Payload[HeaderSize..]);
        });
        return outcome.ErrorNumber == 0 ? family : null;
    }

    /// <summary><c>struct genlmsghdr</c>: command, version, two octets reserved.</summary>
    public static uint Header(byte command, byte version) => command | ((uint)version << 8);

    /// <summary>Reads the answer's attributes; null when the id is missing or something is malformed.</summary>
    internal static GenericFamily? Parse(ReadOnlySpan<byte> attributes)
    {
        ushort id = 0;
        var groups = new Dictionary<string, uint>(StringComparer.Ordinal);
        var reader = new AttributeReader(attributes);
        while (reader.TryRead(out var type, out var value))
        {
            if (type == AttributeId && value.Length == sizeof(ushort))
                id = MemoryMarshal.Read<ushort>(value);
            else if (type == AttributeGroups)
                ReadGroups(value, groups);
        }

        return id == 0 || reader.IsMalformed ? null : new GenericFamily(id, groups);
    }

    private static void ReadGroups(ReadOnlySpan<byte> value, Dictionary<string, uint> groups)
    {
        var list = new AttributeReader(value);
        while (list.TryRead(out _, out var group))
        {
            string? name = null;
            uint id = 0;
            var reader = new AttributeReader(group);
            while (reader.TryRead(out var type, out var content))
            {
                if (type == GroupName)
                    name = Encoding.UTF8.GetString(content.TrimEnd((byte)0));
                else if (type == GroupId && !reader.TryGetUInt32(content, out id))
                    break;
            }

            if (name is not null && id != 0)
                groups[name] = id;
        }
    }
}
