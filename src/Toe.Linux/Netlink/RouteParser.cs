using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>Reads RTM_NEWROUTE. Total: anything truncated or of a wrong length is refused.</summary>
internal static class RouteParser
{
    internal static bool TryParse(ReadOnlySpan<byte> payload, out RouteAnswer answer)
    {
        answer = new RouteAnswer();
        if (payload.Length < RouteMessage.Size)
            return false;
        var message = MemoryMarshal.Read<RouteMessage>(payload);
        if (message.Family is not (Libc.FamilyInternet or Libc.FamilyInternet6))
            return false;
        var output = 0;
        long table = message.Table;
        IPAddress? gateway = null, source = null;
        int? mtu = null, segment = null;
        var error = 0;
        var reader = new AttributeReader(payload[RouteMessage.Size..]);
        while (reader.TryRead(out var type, out var value))
        {
            var good = true;
            switch (type)
            {
                case RouteMessage.AttributeOutput:
                    good = reader.TryGetUInt32(value, out var index);
                    output = (int)index;
                    break;
                case RouteMessage.AttributeTable:
                    good = reader.TryGetUInt32(value, out var number);
                    table = number;
                    break;
                case RouteMessage.AttributeGateway:
                    good = TryAddress(message.Family, value, out gateway);
                    break;
                case RouteMessage.AttributePreferredSource:
                    good = TryAddress(message.Family, value, out source);
                    break;
                case RouteMessage.AttributeVia:
                    good = value.Length > 2 && TryAddress(MemoryMarshal.Read<ushort>(value), value[2..], out gateway);
                    break;
                case RouteMessage.AttributeMetrics:
                    good = TryMetrics(value, out mtu, out segment);
                    break;
                case RouteMessage.AttributeCacheInfo:
                    good = TryCacheError(value, out error);
                    break;
            }

            if (!good)
                return false;
        }

        if (reader.IsMalformed)
            return false;
        var route = (RouteType)message.Type;
        answer = new RouteAnswer
        {
            Type = route,
            OutputInterface = output,
            Gateway = WithScope(gateway, output),
            PreferredSource = WithScope(source, output),
            Table = table,
            Mtu = mtu,
            AdvertisedMaximumSegmentSize = segment,
            ErrorNumber = error,
        };
        if (!answer.IsReachable)
            answer = answer with { Reason = Describe(route, error) };
        return true;
    }

    /// <summary>An address of the family; false for a wrong length or family.</summary>
    internal static bool TryAddress(int family, ReadOnlySpan<byte> value, out IPAddress? address)
    {
        var good = (family, value.Length) is (Libc.FamilyInternet, 4) or (Libc.FamilyInternet6, 16);
        address = good ? new IPAddress(value) : null;
        return good;
    }

    /// <summary>
    /// What the error of a lookup says about the route (net/ipv4/fib_semantics.c, fib_props; net/ipv6/route.c, ip6_rt_type_to_error).
    /// </summary>
    internal static RouteType TypeOf(int error) => error switch
    {
        ErrorNumber.InvalidArgument => RouteType.Blackhole,
        ErrorNumber.HostUnreachable => RouteType.Unreachable,
        ErrorNumber.AccessDenied => RouteType.Prohibit,
        _ => RouteType.None,
    };

    private static string Describe(RouteType type, int error)
    {
        var words = type switch
        {
            RouteType.Blackhole => "a blackhole route drops the packets",
            RouteType.Unreachable => "an unreachable route refuses the packets",
            RouteType.Prohibit => "a prohibit route refuses the packets",
            _ => "no route",
        };
        return error == 0 ? words : $"{words}: {LinuxException.Describe(error)}";
    }

    // fe80:: addresses mean nothing without their interface.
    private static IPAddress? WithScope(IPAddress? address, int output) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: true } && output > 0
            ? new IPAddress(address.GetAddressBytes(), output)
            : address;

    private static bool TryMetrics(ReadOnlySpan<byte> value, out int? mtu, out int? segment)
    {
        mtu = segment = null;
        var reader = new AttributeReader(value);
        while (reader.TryRead(out var type, out var metric))
        {
            // Most metrics are 32 bits; RTAX_CC_ALGO is a string and of no interest here.
            if (type is not (RouteMessage.MetricMtu or RouteMessage.MetricAdvertisedMss))
                continue;
            if (!reader.TryGetUInt32(metric, out var number))
                return false;
            if (type == RouteMessage.MetricMtu)
                mtu = (int)Math.Min(number, int.MaxValue);
            else
                segment = (int)Math.Min(number, int.MaxValue);
        }

        return !reader.IsMalformed;
    }

    // struct rta_cacheinfo (linux/rtnetlink.h): rta_error is the fourth word, negative as the kernel's errors are.
    private static bool TryCacheError(ReadOnlySpan<byte> value, out int error)
    {
        error = 0;
        if (value.Length < 16)
            return false;
        var number = MemoryMarshal.Read<int>(value[12..]);
        if (number is <= 0 and > -4096)
            error = -number;
        return true;
    }
}
