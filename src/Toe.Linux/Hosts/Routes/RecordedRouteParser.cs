using System.Net;
using System.Runtime.InteropServices;

namespace Toe.Linux.Routes;

/// <summary>Reads RTM_NEWROUTE of a dump. Total: anything truncated or of a wrong length is refused.</summary>
internal static class RecordedRouteParser
{
    private const uint FlagDead = 1;            // RTNH_F_DEAD, linux/rtnetlink.h
    private const uint FlagCloned = 0x200;      // RTM_F_CLONED: a cache entry
    private const ushort AttributePriority = 6; // RTA_PRIORITY
    private const ushort AttributeMultipath = 9; // RTA_MULTIPATH
    private const int NextHopSize = 8;          // struct rtnexthop

    internal static RecordedRoute? TryParse(ReadOnlySpan<byte> payload)
    {
        if (!RouteParser.TryParse(payload, out var answer))
            return null;
        var message = MemoryMarshal.Read<RouteMessage>(payload);
        if ((message.Flags & FlagCloned) != 0 || (message.TypeOfService != 0 && message.Family == Libc.FamilyInternet))
            return null; // A route of a DSCP is none for a new connection.
        IPNetwork? destination = new IPNetwork(message.Family == Libc.FamilyInternet ? IPAddress.Any : IPAddress.IPv6Any, 0);
        if (message.DestinationLength != 0)
            destination = null;
        uint metric = 0;
        var reader = new AttributeReader(payload[RouteMessage.Size..]);
        while (reader.TryRead(out var type, out var value))
        {
            if (type == RouteMessage.AttributeDestination)
                destination = RecordedRuleParser.Prefix(message.Family, value, message.DestinationLength);
            else if (type == AttributePriority && !reader.TryGetUInt32(value, out metric))
                return null;
            else if (type == AttributeMultipath)
                answer = FirstHop(answer, message.Family, value);
        }

        return destination is { } prefix && !reader.IsMalformed ? new RecordedRoute(prefix, metric, (message.Flags & FlagDead) == 0, answer) : null;
    }

    /// <summary>Of several next hops the kernel takes one by a hash that a record does not have: the first that is not dead stands for them.</summary>
    private static RouteAnswer FirstHop(RouteAnswer answer, int family, ReadOnlySpan<byte> value)
    {
        RouteAnswer? first = null;
        while (value.Length >= NextHopSize && MemoryMarshal.Read<ushort>(value) is var length && length >= NextHopSize && length <= value.Length)
        {
            var isDead = (value[2] & FlagDead) != 0; // rtnh_flags
            if (first is null || !isDead)
                first = answer with { OutputInterface = MemoryMarshal.Read<int>(value[4..]), Gateway = Gateway(family, value[NextHopSize..length]) };
            if (!isDead)
                break;
            value = value[Math.Min((length + 3) & ~3, value.Length)..]; // RTNH_NEXT
        }

        return first ?? answer;
    }

    private static IPAddress? Gateway(int family, ReadOnlySpan<byte> attributes)
    {
        IPAddress? gateway = null;
        var reader = new AttributeReader(attributes);
        while (reader.TryRead(out var type, out var value))
        {
            if (type == RouteMessage.AttributeGateway)
                RouteParser.TryAddress(family, value, out gateway);
        }

        return gateway;
    }
}
