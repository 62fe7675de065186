using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Emulated;
using Toe.Moves;

namespace Toe.Vm.Tests.Cases;

/// <summary>Connections move between the kernel and the engine on an interface that both share, over a path of netem's or on a VLAN; the peer is the kernel of another namespace.</summary>
[SupportedOSPlatform("linux")]
internal static class MoveCases
{
    public static readonly GuestCase[] All =
    [
        new("moves: through delay and reordering", token => MoveAsync("delay 2ms reorder 75%", token)),
        new("moves: through delay and loss", token => MoveAsync("delay 2ms loss 0.5%", token)),
        new("moves: on a VLAN", MoveOnVlanAsync),
    ];

    private const string Near = "near0";
    private const string Far = "far0";
    private const string Space = "far";
    private const string Tag = ".7";
    private const string Address = "10.8.0.1";
    private const string FarAddress = "10.8.0.2";
    private const int Connections = 3;
    private const int Moves = 8;

    /// <summary>This program again, as the peer of one connection: <c>--moves-peer ADDRESS:PORT SEED</c>. The end of its input ends its stream.</summary>
    public static async Task<int> RunPeerAsync(string[] arguments)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPEndPoint.Parse(arguments[0]));
        using var peer = new VariedPeer(socket, int.Parse(arguments[1], CultureInfo.InvariantCulture));
        await peer.RunAsync(Console.In.ReadToEndAsync());
        return 0;
    }

    private static Task MoveAsync(string path, CancellationToken cancellationToken) => MoveAsync(
        Near,
        [
            $"ip address add {Address}/24 dev {Near}", $"ip -n {Space} address add {FarAddress}/24 dev {Far}",
            $"tc qdisc add dev {Near} root netem {path}", $"tc -n {Space} qdisc add dev {Far} root netem {path}",
        ],
        cancellationToken);

    private static Task MoveOnVlanAsync(CancellationToken cancellationToken) => MoveAsync(
        Near + Tag,
        [
            $"ip link add link {Near} name {Near}{Tag} type vlan id 7", $"ip address add {Address}/24 dev {Near}{Tag}", $"ip link set {Near}{Tag} up",
            $"ip -n {Space} link add link {Far} name {Far}{Tag} type vlan id 7", $"ip -n {Space} address add {FarAddress}/24 dev {Far}{Tag}", $"ip -n {Space} link set {Far}{Tag} up",
        ],
        cancellationToken);

    private static async Task MoveAsync(string device, string[] prepare, CancellationToken cancellationToken)
    {
        await Shell.RunAllAsync(
            cancellationToken,
            [$"ip netns add {Space}", $"ip link add {Near} type veth peer name {Far} netns {Space}", $"ip link set {Near} up", $"ip -n {Space} link set {Far} up", .. prepare]);
        try
        {
            await using var stack = ToeStack.Create(builder => builder.AddEmulated(new EmulatedInterfaceOptions(device) { Card = new EmulatedCardOptions { Name = device } }));
            await stack.StartAsync(cancellationToken);
            Check.True(stack.NotTaken.Count == 0, string.Join("; ", stack.NotTaken.Select(static one => one.Reason)));
            await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Parse(Address), 0)), cancellationToken);
            using var meter = new MoveMeter();
            for (var seed = 1; seed <= Connections; seed++)
                await MoveAsync(listener, device, meter, seed, cancellationToken);
        }
        finally
        {
            await Shell.RunAllAsync(CancellationToken.None, $"ip link del {Near}", $"ip netns del {Space}");
        }
    }

    private static async Task MoveAsync(ToeListener listener, string device, MoveMeter meter, int seed, CancellationToken cancellationToken)
    {
        string[] command = ["netns", "exec", Space, Environment.ProcessPath!, "--moves-peer", listener.LocalEndPoint.ToString(), seed.ToString(CultureInfo.InvariantCulture)];
        using var peer = Process.Start(new ProcessStartInfo("ip", command) { UseShellExecute = false, RedirectStandardInput = true })
            ?? throw new GuestFailureException("the peer did not start");
        await using var connection = await listener.AcceptAsync(cancellationToken);
        var report = new MoveReport(seed);
        meter.Begin(report);
        await new MovingConnection(connection, "emulated:" + device, Traffic.Of(seed), report).RunAsync(Moves, peer.StandardInput.Close);
        await peer.WaitForExitAsync(cancellationToken);
        Check.True(report.Failure is null, $"seed {seed}: {report.Failure}");
        Check.True(peer.ExitCode == 0, $"seed {seed}: the peer ended with {peer.ExitCode}");
        Check.True(report.Moved == Moves, $"seed {seed}: {report.Moved} moves, refused: {string.Join("; ", report.Refused.Keys)}");
        Check.True(report.ListedWrongly == 0, $"seed {seed}: the kernel listed {report.ListedWrongly} wrongly");
    }
}
