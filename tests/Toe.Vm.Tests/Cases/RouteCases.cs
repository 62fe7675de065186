using System.Net;
using System.Runtime.Versioning;
using Toe.Linux;

namespace Toe.Vm.Tests.Cases;

/// <summary>Routes over interfaces that stand on others: the kernel's answers, as this SDK reads them, against what was built.</summary>
[SupportedOSPlatform("linux")]
internal static class RouteCases
{
    public static readonly GuestCase[] All =
    [
        new("routes: a VLAN interface stands on its link", VlanAsync),
        new("routes: a bond stands on its members", BondAsync),
        new("routes: a VRF has its own table", VrfAsync),
    ];

    private static async Task VlanAsync(CancellationToken cancellationToken)
    {
        await Shell.RunAllAsync(
            cancellationToken, "ip link add base0 type dummy", "ip link set base0 up", "ip link add link base0 name base0.7 type vlan id 7", "ip link set base0.7 up",
            "ip address add 10.7.0.1/24 dev base0.7", "ip address add 10.6.0.1/24 dev base0");
        using var host = new LiveHost();
        var tagged = Device(host, "base0.7");
        Check.True(tagged.IsVlan);
        Check.Equal("base0", string.Join(' ', tagged.Lower));
        Check.Equal("base0.7", string.Join(' ', Device(host, "base0").Upper));
        Check.Equal(tagged.Index, Ask(host, "10.7.0.9").OutputInterface);
        Check.Equal(IPAddress.Parse("10.7.0.1"), Ask(host, "10.7.0.9").PreferredSource);
        Check.Equal(Device(host, "base0").Index, Ask(host, "10.6.0.9").OutputInterface);
        await Shell.RunAllAsync(cancellationToken, "ip link del base0.7", "ip link del base0");
        Check.True(Ask(host, "10.7.0.9").OutputInterface != tagged.Index);
    }

    private static async Task BondAsync(CancellationToken cancellationToken)
    {
        await Shell.RunAllAsync(
            cancellationToken, "ip link add bond7 type bond mode active-backup miimon 100", "ip link add one0 type veth peer name one1", "ip link add two0 type veth peer name two1",
            "ip link set one0 master bond7", "ip link set two0 master bond7", "ip link set one1 up", "ip link set two1 up", "ip link set bond7 up", "ip address add 10.8.0.1/24 dev bond7");
        using var host = new LiveHost();
        var bond = Device(host, "bond7");
        Check.Equal("active-backup 1", bond.BondMode);
        Check.Equal("one0 two0", string.Join(' ', bond.Lower.Order(StringComparer.Ordinal)));
        Check.Equal("bond7", string.Join(' ', Device(host, "one0").Upper));
        Check.Equal(bond.Index, Ask(host, "10.8.0.9").OutputInterface);
        await Shell.RunAllAsync(cancellationToken, "ip link set two0 nomaster");
        Check.Equal("one0", string.Join(' ', Device(host, "bond7").Lower));
        await Shell.RunAllAsync(cancellationToken, "ip link del bond7", "ip link del one0", "ip link del two0");
    }

    private static async Task VrfAsync(CancellationToken cancellationToken)
    {
        await Shell.RunAllAsync(
            cancellationToken, "ip link add red type vrf table 77", "ip link set red up", "ip link add in0 type dummy", "ip link set in0 master red", "ip link set in0 up",
            "ip address add 10.9.0.1/24 dev in0", "ip link add out0 type dummy", "ip link set out0 up", "ip address add 10.9.0.1/24 dev out0", "ip -6 address add fd09::1/64 dev in0 nodad");
        using var host = new LiveHost();
        var (red, inside, outside) = (Device(host, "red"), Device(host, "in0"), Device(host, "out0"));
        Check.Equal(outside.Index, Ask(host, "10.9.0.9").OutputInterface);
        var answer = Ask(host, "10.9.0.9", red.Index);
        Check.Equal(inside.Index, answer.OutputInterface);
        Check.Equal(77, answer.Table);
        Check.Equal(inside.Index, Ask(host, "fd09::9", red.Index).OutputInterface);
        Check.True(Ask(host, "fd09::9").OutputInterface != inside.Index);
        await Shell.RunAllAsync(cancellationToken, "ip link del in0", "ip link del out0", "ip link del red");
    }

    private static NetworkDevice Device(LiveHost host, string name) => NetworkDevice.Read(host, name) ?? throw new GuestFailureException($"'{name}' is missing");

    private static RouteAnswer Ask(LiveHost host, string destination, int bound = 0) => host.Route(new RouteQuery { Destination = IPAddress.Parse(destination), OutputInterface = bound });
}
