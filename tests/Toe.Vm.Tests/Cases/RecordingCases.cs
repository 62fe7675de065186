using System.Net;
using System.Runtime.Versioning;
using Toe.Linux;
using Toe.Vm.Tests.Devices;

namespace Toe.Vm.Tests.Cases;

/// <summary>A machine with interfaces that stand on others, played back: it routes as the kernel did.</summary>
[SupportedOSPlatform("linux")]
internal static class RecordingCases
{
    public static readonly GuestCase[] All = [new("recording: VLAN, bond and VRF route the same when they are played back", SameRoutesAsync)];

    private static readonly string[] Destinations =
        ["10.7.0.9", "10.7.0.1", "10.7.0.255", "10.6.0.9", "10.8.0.9", "10.8.1.9", "10.9.0.9", "10.9.0.1", "10.9.7.9", "127.0.0.1", "192.0.2.1", "fd09::9", "fd09::1", "fd07::9", "fd07::1", "2001:db8::1"];

    private static async Task SameRoutesAsync(CancellationToken cancellationToken)
    {
        await BuildAsync(cancellationToken);
        try
        {
            using var live = new LiveHost();
            using var played = new PlayedBack(live);
            var bounds = new[] { "base0", "base0.7", "bond7", "red", "in0" }.Select(name => (Name: name, NetworkDevice.Read(live, name)?.Index)).Append((Name: "", Index: 0));
            var different = new List<string>();
            foreach (var (name, index) in bounds)
            {
                foreach (var destination in Destinations)
                {
                    var query = new RouteQuery { Destination = IPAddress.Parse(destination), OutputInterface = index ?? throw new GuestFailureException($"'{name}' is missing") };
                    var (expected, actual) = (Describe(live.Route(query)), Describe(played.Image.Route(query)));
                    if (expected != actual)
                        different.Add($"{destination}{(name.Length == 0 ? "" : " bound to " + name)}: {expected} live, {actual} played back");
                }
            }

            Check.True(different.Count == 0, string.Join("; ", different));
        }
        finally
        {
            foreach (var name in new[] { "base0.7", "base0", "bond7", "one0", "two0", "in0", "red" })
                await Shell.RunAsync($"ip link del {name}", CancellationToken.None);
        }
    }

    private static Task BuildAsync(CancellationToken cancellationToken) => Shell.RunAllAsync(
        cancellationToken,
        "ip link add base0 type dummy", "ip link set base0 up", "ip link add link base0 name base0.7 type vlan id 7", "ip link set base0.7 up",
        "ip address add 10.7.0.1/24 dev base0.7", "ip address add 10.6.0.1/24 dev base0", "ip -6 address add fd07::1/64 dev base0.7 nodad",
        "ip link add bond7 type bond mode active-backup miimon 100", "ip link add one0 type veth peer name one1", "ip link add two0 type veth peer name two1",
        "ip link set one0 master bond7", "ip link set two0 master bond7", "ip link set one1 up", "ip link set two1 up", "ip link set bond7 up", "ip address add 10.8.0.1/24 dev bond7",
        "ip route add 10.8.1.0/24 via 10.8.0.254 dev bond7", "ip link add red type vrf table 77", "ip link set red up", "ip link add in0 type dummy", "ip link set in0 master red",
        "ip link set in0 up", "ip address add 10.9.0.1/24 dev in0", "ip -6 address add fd09::1/64 dev in0 nodad", "ip route add 10.9.7.0/24 via 10.9.0.254 vrf red");

    private static string Describe(RouteAnswer answer) => answer.IsReachable
        ? $"{answer.Type} over {answer.OutputInterface} via {answer.Gateway?.ToString() ?? "nothing"}"
        : $"unreachable ({answer.ErrorNumber})";
}
