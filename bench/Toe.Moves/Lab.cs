using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Links;
using Toe.Testing;

namespace Toe.Moves;

/// <summary>Two network namespaces: in one the program whose connections move, in the other its peer, an unmodified kernel. They go with the program.</summary>
internal sealed class Lab : IAsyncDisposable
{
    public const string Device = "eth0";

    private const int Patience = 20_000; // Milliseconds without a byte: the connection hangs.

    private const string Near = "10.6.0.1";
    private const string Far = "10.6.0.2";

    private readonly NetworkNamespace _near;
    private readonly NetworkNamespace _far;

    private Lab(NetworkNamespace near, NetworkNamespace far) => (_near, _far) = (near, far);

    public NetworkNamespace Peer => _far;

    /// <summary>Joins them by a veth pair, or by a line with faults between two TAP devices.</summary>
    public static async Task<Lab> CreateAsync(LinkFaults? faults)
    {
        var lab = new Lab(await NetworkNamespace.CreateAsync(), await NetworkNamespace.CreateAsync());
        if (faults is null)
            await lab._near.AddVethAsync(Device, lab._far, Device);
        else
            await lab.JoinAsync(faults);
        await lab._near.AddAddressesAsync(Device, Near + "/24");
        await lab._far.AddAddressesAsync(Device, Far + "/24");
        return lab;
    }

    public KernelPeer StartProbe(int moves, int seed, int connections, string traffic) => _near.Start(
        "dotnet", Path.Combine(AppContext.BaseDirectory, "Toe.MoveProbe.dll"), Device, Near, $"{moves}", $"{seed}", $"{connections}", traffic);

    public async Task<Socket> ConnectAsync(int port)
    {
        var socket = await _far.InsideAsync(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = Patience,
            SendTimeout = Patience,
        });
        await socket.ConnectAsync(IPAddress.Parse(Near), port);
        return socket;
    }

    /// <summary>Connections of the peer's kernel that a RST ended (RFC 4022, tcpEstabResets).</summary>
    public async Task<long> ReadResetsAsync()
    {
        var lines = (await _far.RunAsync("cat", "/proc/net/snmp")).Good().Output.Split('\n').Where(line => line.StartsWith("Tcp:", StringComparison.Ordinal)).ToList();
        var column = Array.IndexOf(lines[0].Split(' '), "EstabResets");
        return long.Parse(lines[1].Split(' ')[column], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await _near.DisposeAsync();
        await _far.DisposeAsync();
    }

    private async Task JoinAsync(LinkFaults faults)
    {
        await _near.AddTapAsync(Device, owner: 0);
        await _far.AddTapAsync(Device, owner: 0);
        var near = await _near.InsideAsync(static () => Toe.Linux.TapDevice.Attach(Device));
        var far = await _far.InsideAsync(static () => Toe.Linux.TapDevice.Attach(Device));
        FaultyLine.Join(near, far, faults)(faults.Seed);
    }
}
