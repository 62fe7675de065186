using System.Runtime.InteropServices;
using System.Text;

namespace Toe.Linux;

/// <summary>Asks ethtool by generic netlink, for all interfaces at once. Needs no privilege. Source: linux/ethtool_netlink.h.</summary>
/// <remarks>Kernels before 5.6 have only the older calls, <see cref="EthtoolStrings"/> and <see cref="EthtoolDriver"/>; what the driver and its firmware are called is told by those alone.</remarks>
public static class EthtoolLinks
{
    internal const string Family = "ethtool";
    internal const int ModesGet = 4;                    // ETHTOOL_MSG_LINKMODES_GET
    internal const int StateGet = 6;                    // ETHTOOL_MSG_LINKSTATE_GET
    internal const int FeaturesGet = 11;                // ETHTOOL_MSG_FEATURES_GET
    internal const ushort Header = 1;                   // ETHTOOL_A_*_HEADER
    internal const ushort ModesSpeed = 5;               // ETHTOOL_A_LINKMODES_SPEED
    internal const ushort ModesDuplex = 6;              // ETHTOOL_A_LINKMODES_DUPLEX
    internal const ushort StateLink = 2;                // ETHTOOL_A_LINKSTATE_LINK
    internal const ushort FeaturesActive = 4;           // ETHTOOL_A_FEATURES_ACTIVE
    private const int GenericHeader = 4;                // struct genlmsghdr
    private const ushort HeaderIndex = 1;               // ETHTOOL_A_HEADER_DEV_INDEX
    private const ushort HeaderName = 2;                // ETHTOOL_A_HEADER_DEV_NAME
    private const ushort BitsetWithoutMask = 1;         // ETHTOOL_A_BITSET_NOMASK: what is listed is set
    private const ushort BitsetBits = 3;                // ETHTOOL_A_BITSET_BITS
    private const ushort BitsetBit = 1;                 // ETHTOOL_A_BITSET_BITS_BIT
    private const ushort BitName = 2;                   // ETHTOOL_A_BITSET_BIT_NAME
    private const ushort BitValue = 3;                  // ETHTOOL_A_BITSET_BIT_VALUE
    private const uint UnknownSpeed = uint.MaxValue;    // SPEED_UNKNOWN, linux/ethtool.h

    /// <summary>All interfaces that have a driver with something to say.</summary>
    /// <param name="host">The host.</param>
    /// <returns>The interfaces by index; ENOENT from a kernel without this family.</returns>
    public static HostAnswer<IReadOnlyList<EthtoolLink>> Read(ILinuxHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var links = new SortedDictionary<int, EthtoolLink>();
        foreach (var command in new[] { StateGet, ModesGet, FeaturesGet })
        {
            var answer = host.Netlink(new NetlinkQuestion(Family, command, ReadOnlyMemory<byte>.Empty) { IsDump = true });
            if (!answer.IsFound && links.Count == 0)
                return HostAnswers.Failed<IReadOnlyList<EthtoolLink>>(answer.ErrorNumber, answer.Text);
            foreach (var message in answer.Value ?? [])
            {
                if (message.Length >= GenericHeader && Parse(command, message.AsSpan(GenericHeader)) is { } one)
                    links[one.Index] = links.TryGetValue(one.Index, out var known) ? Merge(known, one) : one;
            }
        }

        return HostAnswers.Found<IReadOnlyList<EthtoolLink>>([.. links.Values]);
    }

    /// <summary>Reads one message, behind the generic header; null when it is malformed or names no interface.</summary>
    internal static EthtoolLink? Parse(int command, ReadOnlySpan<byte> attributes)
    {
        var link = new EthtoolLink("", 0);
        var reader = new AttributeReader(attributes);
        while (reader.TryRead(out var type, out var value))
        {
            link = (command, type) switch
            {
                (_, Header) => ReadHeader(link, value),
                (StateGet, StateLink) when value.Length == 1 => link with { IsUp = value[0] != 0 },
                (ModesGet, ModesSpeed) when value.Length == sizeof(uint) => link with { Speed = MemoryMarshal.Read<uint>(value) is var speed && speed != UnknownSpeed ? speed : null },
                (ModesGet, ModesDuplex) when value.Length == 1 => link with { IsFullDuplex = value[0] switch { 0 => false, 1 => true, _ => null } },
                (FeaturesGet, FeaturesActive) => link with { ActiveFeatures = ReadBitset(value) },
                _ => link,
            };
        }

        return reader.IsMalformed || link.Interface.Length == 0 || link.Index <= 0 ? null : link;
    }

    private static EthtoolLink Merge(EthtoolLink known, EthtoolLink more) => known with
    {
        IsUp = known.IsUp ?? more.IsUp,
        Speed = known.Speed ?? more.Speed,
        IsFullDuplex = known.IsFullDuplex ?? more.IsFullDuplex,
        ActiveFeatures = more.ActiveFeatures.Count == 0 ? known.ActiveFeatures : more.ActiveFeatures,
    };

    private static EthtoolLink ReadHeader(EthtoolLink link, ReadOnlySpan<byte> attributes)
    {
        var reader = new AttributeReader(attributes);
        while (reader.TryRead(out var type, out var value))
        {
            if (type == HeaderIndex && value.Length == sizeof(int))
                link = link with { Index = MemoryMarshal.Read<int>(value) };
            else if (type == HeaderName)
                link = link with { Interface = Text(value) };
        }

        return link;
    }

    private static HashSet<string> ReadBitset(ReadOnlySpan<byte> attributes)
    {
        var set = new HashSet<string>(StringComparer.Ordinal);
        var isPlain = false;
        var reader = new AttributeReader(attributes);
        while (reader.TryRead(out var type, out var value))
        {
            isPlain |= type == BitsetWithoutMask;
            if (type != BitsetBits)
                continue;
            var bits = new AttributeReader(value);
            while (bits.TryRead(out var kind, out var bit))
            {
                if (kind == BitsetBit && ReadBit(bit, isPlain) is { } name)
                    set.Add(name);
            }
        }

        return set;
    }

    private static string? ReadBit(ReadOnlySpan<byte> attributes, bool isSet)
    {
        string? name = null;
        var reader = new AttributeReader(attributes);
        while (reader.TryRead(out var type, out var value))
        {
            if (type == BitName)
                name = Text(value);
            isSet |= type == BitValue;
        }

        return isSet && !string.IsNullOrEmpty(name) ? name : null;
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));
}
