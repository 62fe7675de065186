using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Toe.Linux.Routes;

/// <summary>
/// Answers where a packet would go from dumps of rules, routes, addresses and links, by the kernel's own order: rules by priority, in each table the longest
/// prefix, then the lowest metric (net/core/fib_rules.c, net/ipv4/fib_trie.c, net/ipv6/route.c).
/// </summary>
internal sealed class RecordedRoutes
{
    private const byte ActionToTable = 1;       // FR_ACT_TO_TBL, linux/fib_rules.h
    private const byte ActionGoto = 2;
    private const byte ActionNothing = 3;
    private const byte ActionBlackhole = 6;
    private const byte ActionUnreachable = 7;
    private const byte ActionProhibit = 8;
    private const int TableMain = 254;          // RT_TABLE_MAIN
    private const int TableDefault = 253;
    private const int TableLocal = 255;
    private const byte ProtocolTcp = 6;

    private readonly List<RecordedRule> _rules = [];
    private readonly List<RecordedRoute> _routes = [];
    private readonly IReadOnlyList<AddressEntry> _addresses;
    private readonly Dictionary<int, LinkEntry> _links = [];
    private readonly Dictionary<int, long> _vrfTables = [];

    private readonly long _user;

    private RecordedRoutes(ILinuxHost host, long user)
    {
        _user = user;
        foreach (var payload in Dump(host, RouteMessageType.GetRule))
        {
            if (RecordedRuleParser.TryParse(payload) is { } rule)
                _rules.Add(rule);
        }

        foreach (var payload in Dump(host, RouteMessageType.GetRoute))
        {
            if (RecordedRouteParser.TryParse(payload) is { } route)
                _routes.Add(route);
        }

        foreach (var link in LinkTable.Read(host).Value ?? [])
            _links[link.Index] = link;
        foreach (var payload in Dump(host, RouteMessageType.GetLink))
        {
            if (RecordedVrf.TryParse(payload) is { } vrf)
                _vrfTables[vrf.Index] = vrf.Table;
        }

        _addresses = AddressTable.Read(host).Value ?? [];
        foreach (var family in new[] { Libc.FamilyInternet, Libc.FamilyInternet6 })
        {
            // A kernel without policy rules looks into these, in this order.
            if (_rules.Exists(rule => rule.Family == family))
                continue;
            foreach (var (priority, table) in new[] { (0, TableLocal), (32766, TableMain), (32767, TableDefault) })
                _rules.Add(new RecordedRule { Family = family, Action = ActionToTable, Table = table, Priority = priority });
        }

        var ordered = _rules.OrderBy(static rule => rule.Priority).ToList();
        _rules.Clear();
        _rules.AddRange(ordered);
    }

    /// <summary>Reads what a host recorded.</summary>
    /// <param name="host">The host.</param>
    /// <param name="user">The user whose packets are looked up, for rules that ask.</param>
    public static RecordedRoutes Read(ILinuxHost host, long user = 0) => new(host, user);

    /// <summary>Looks a destination up.</summary>
    public RouteAnswer Lookup(RouteQuery query)
    {
        var destination = Unmap(query.Destination);
        var source = query.Source is null ? null : Unmap(query.Source);
        if (source is not null && source.AddressFamily != destination.AddressFamily)
            throw new ArgumentException("The source is not of the destination's address family.", nameof(query));
        var family = destination.AddressFamily == AddressFamily.InterNetwork ? Libc.FamilyInternet : Libc.FamilyInternet6;
        var output = query.OutputInterface == 0 && family == Libc.FamilyInternet6 ? (int)destination.ScopeId : query.OutputInterface;
        if (source is not null && family == Libc.FamilyInternet && !IsOwn(source))
            return Refused(ErrorNumber.InvalidArgument); // net/ipv4/route.c: a source that is not the host's.
        var vrf = VrfOf(output);
        if (vrf == output)
            output = 0; // net/l3mdev/l3mdev.c: what is bound to a VRF is looked up in its table, whichever member it leaves by.
        if (family == Libc.FamilyInternet && output != 0 && !_links.ContainsKey(output))
            return Refused(ErrorNumber.NoDevice);
        var answer = LookUp(query, family, destination, source, output, vrf);
        return answer.ErrorNumber != 0 && family == Libc.FamilyInternet && output != 0 && vrf == 0 ? OnLink(answer, output, destination, source) : answer;
    }

    private RouteAnswer LookUp(RouteQuery query, int family, IPAddress destination, IPAddress? source, int output, int vrf)
    {
        long from = 0;
        foreach (var rule in _rules)
        {
            if (rule.Family != family || rule.Priority < from || !Matches(rule, query, destination, source, output, vrf))
                continue;
            switch (rule.Action)
            {
                case ActionToTable:
                    if (Find(rule, rule.IsLayer3Master ? _vrfTables.GetValueOrDefault(vrf) : rule.Table, destination, output) is { } route)
                        return Complete(route, destination, source);
                    break;
                case ActionGoto:
                    // A jump to a priority that no rule has is passed over (FIB_RULE_UNRESOLVED).
                    from = _rules.Exists(target => target.Family == family && target.Priority == rule.Goto) ? rule.Goto : from;
                    break;
                case ActionNothing:
                    break;
                case ActionProhibit:
                    return Refused(ErrorNumber.AccessDenied);
                case ActionUnreachable:
                    return Refused(ErrorNumber.NetworkUnreachable);
                case ActionBlackhole:
                default:
                    return Refused(ErrorNumber.InvalidArgument);
            }
        }

        return Refused(ErrorNumber.NetworkUnreachable);
    }

    private static IReadOnlyList<byte[]> Dump(ILinuxHost host, int type) =>
        host.Netlink(new NetlinkQuestion("route", type, ReadOnlyMemory<byte>.Empty) { IsDump = true }).Value ?? [];

    private static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static RouteAnswer Refused(int error) => new()
    {
        Type = RouteParser.TypeOf(error),
        ErrorNumber = error,
        Reason = $"no route: {LinuxException.Describe(error)}",
    };

    /// <summary>The VRF that an interface is or belongs to; 0 when there is none.</summary>
    private int VrfOf(int index) =>
        _vrfTables.ContainsKey(index) ? index : _links.TryGetValue(index, out var link) && _vrfTables.ContainsKey(link.Master) ? link.Master : 0;

    /// <summary>net/ipv4/route.c, ip_route_output_key_hash_rcu: what no table knows is taken to be on the link that the socket is bound to.</summary>
    private RouteAnswer OnLink(RouteAnswer answer, int output, IPAddress destination, IPAddress? source) =>
        _links.TryGetValue(output, out var link) && link.Flags.HasFlag(LinkFlags.Up)
            ? new RouteAnswer { Type = RouteType.Unicast, OutputInterface = output, PreferredSource = source is null ? SourceOn(output, destination) : null }
            : answer;

    private bool IsOwn(IPAddress address) => IPAddress.IsLoopback(address) || _addresses.Any(own => own.Address.Equals(address));

    private bool Matches(RecordedRule rule, RouteQuery query, IPAddress destination, IPAddress? source, int output, int vrf)
    {
        // A local packet comes in through the loopback interface, where a rule asks.
        var matches = (rule.InputInterface is null or "lo")
            && (rule.OutputInterface is null || (_links.TryGetValue(output, out var link) && link.Name == rule.OutputInterface))
            && (rule.Destination is not { } to || to.Contains(destination))
            && (rule.Source is not { } prefix || (source is not null && prefix.Contains(source)))
            && ((query.Mark ^ rule.Mark) & (rule.Mark == 0 && rule.MarkMask == 0xffffffff ? 0 : rule.MarkMask)) == 0
            && (rule.Protocol == 0 || (query.Tcp && rule.Protocol == ProtocolTcp))
            && InRange(rule.SourcePorts, query.SourcePort) && InRange(rule.DestinationPorts, query.DestinationPort)
            && (rule.Users is not { } users || (_user >= users.First && _user <= users.Last))
            && (!rule.IsLayer3Master || vrf != 0) && !rule.IsForMarkedPackets;
        return matches != rule.IsInverted;
    }

    private static bool InRange((int First, int Last)? ports, int port) => ports is not { } range || (port >= range.First && port <= range.Last && port != 0);

    private RecordedRoute? Find(RecordedRule rule, long table, IPAddress destination, int output)
    {
        RecordedRoute? best = null;
        foreach (var route in _routes)
        {
            if (route.Answer.Table != table || !route.IsUsable || route.Destination.BaseAddress.AddressFamily != destination.AddressFamily
                || !route.Destination.Contains(destination) || (output != 0 && route.Answer.OutputInterface != output && !route.IsOnEveryInterface))
                continue;
            if (best is null || route.Destination.PrefixLength > best.Destination.PrefixLength
                || (route.Destination.PrefixLength == best.Destination.PrefixLength && route.Metric < best.Metric))
                best = route;
        }

        if (best is null || best.Answer.Type == RouteType.Throw)
            return null;
        return best.Destination.PrefixLength <= rule.SuppressPrefixLength ? null : best;
    }

    private RouteAnswer Complete(RecordedRoute route, IPAddress destination, IPAddress? source)
    {
        var answer = route.Answer;
        switch (answer.Type)
        {
            case RouteType.Blackhole:
                return Refused(ErrorNumber.InvalidArgument);
            case RouteType.Unreachable:
                return Refused(ErrorNumber.HostUnreachable);
            case RouteType.Prohibit:
                return Refused(ErrorNumber.AccessDenied);
            default:
                return answer with
                {
                    OutputInterface = answer.Type == RouteType.Local ? DeliveredBy(answer.OutputInterface) : answer.OutputInterface,
                    PreferredSource = source is not null ? null : answer.PreferredSource ?? Source(answer, destination),
                };
        }
    }

    private IPAddress? Source(RouteAnswer answer, IPAddress destination) =>
        destination.AddressFamily == AddressFamily.InterNetwork ? SourceOn(answer.OutputInterface, answer.Gateway ?? destination) : Source6(answer.OutputInterface, destination);

    /// <summary>The kernel delivers what is its own through the VRF of the address's interface, or through the loopback interface.</summary>
    private int DeliveredBy(int output) => VrfOf(output) is > 0 and var vrf ? vrf
        : _links.Values.FirstOrDefault(static link => link.HardwareType == 772) is { } loopback ? loopback.Index : output;

    /// <summary>The address of the interface whose prefix has the next hop, else its first one that is not only its link's.</summary>
    private IPAddress? SourceOn(int output, IPAddress next)
    {
        IPAddress? first = null;
        foreach (var entry in _addresses)
        {
            if (entry.InterfaceIndex != output || entry.Address.AddressFamily != next.AddressFamily)
                continue;
            if (RecordedRuleParser.Prefix(next.AddressFamily == AddressFamily.InterNetwork ? Libc.FamilyInternet : Libc.FamilyInternet6, entry.Address.GetAddressBytes(), entry.PrefixLength) is { } prefix && prefix.Contains(next))
                return entry.Address;
            if (!entry.Address.IsIPv6LinkLocal)
                first ??= entry.Address;
        }

        return first;
    }

    /// <summary>RFC 6724, section 5, rules 1, 2, 5 and 8, as far as a dump tells: the same address, the same scope, the outgoing interface, the longest matching prefix.</summary>
    private IPAddress? Source6(int output, IPAddress destination) => _addresses
        .Where(entry => entry.Address.AddressFamily == AddressFamily.InterNetworkV6 && (entry.InterfaceIndex == output || !entry.Address.IsIPv6LinkLocal))
        .OrderByDescending(entry => entry.Address.Equals(destination))
        .ThenByDescending(entry => entry.Address.IsIPv6LinkLocal == destination.IsIPv6LinkLocal && !IPAddress.IsLoopback(entry.Address))
        .ThenByDescending(entry => entry.InterfaceIndex == output)
        .ThenByDescending(entry => Math.Min(entry.PrefixLength, CommonBits(entry.Address, destination)))
        .FirstOrDefault()?.Address;

    private static int CommonBits(IPAddress left, IPAddress right) =>
        (int)UInt128.LeadingZeroCount(BinaryPrimitives.ReadUInt128BigEndian(left.GetAddressBytes()) ^ BinaryPrimitives.ReadUInt128BigEndian(right.GetAddressBytes()));
}
