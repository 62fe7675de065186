using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Diagnostics;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>Two hosts on a cable, or on two: on the first run programs with a card on its interface, the second is an ordinary kernel.</summary>
[SupportedOSPlatform("linux")]
internal sealed class SharedInterfaceBench : IAsyncDisposable
{
    public const string Device = "eth0";
    public const string SecondDevice = "eth1";
    public const string Address = "10.7.0.1";
    public const string SecondAddress = "10.8.0.1";
    public const string Card = "emulated:" + Device;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private SharedInterfaceBench(NetworkNamespace host, NetworkNamespace peer) => (Host, Peer) = (host, peer);

    public NetworkNamespace Host { get; }

    public NetworkNamespace Peer { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<SharedInterfaceBench> CreateAsync()
    {
        var host = await NetworkNamespace.CreateAsync();
        var peer = await NetworkNamespace.CreateAsync();
        foreach (var (device, network) in new[] { (Device, "10.7.0"), (SecondDevice, "10.8.0") })
        {
            await host.AddVethAsync(device, peer, device);
            await host.AddAddressesAsync(device, network + ".1/24");
            await peer.AddAddressesAsync(device, network + ".2/24");
        }

        return new SharedInterfaceBench(host, peer);
    }

    /// <summary>Starts <c>toe listen</c> on the first host, with a card on each of the devices.</summary>
    public async Task<(KernelPeer Program, IPEndPoint EndPoint)> ListenAsync(string local, string[] devices, params string[] service)
    {
        var cards = devices.SelectMany(static device => new[] { "--adapter", "emulated:interface=" + device });
        var program = Host.Start(TapBench.Toe(["listen", local, .. cards, .. service]));
        const string Said = "listening on ";
        await program.WaitForErrorAsync(Said);
        return (program, IPEndPoint.Parse(program.Errors.Split(Said)[1].Split('\n')[0].Trim()));
    }

    /// <summary>Starts the program on the first host that moves a connection.</summary>
    /// <param name="arguments">What it is told behind interface and address.</param>
    public async Task<(KernelPeer Program, IPEndPoint EndPoint)> StartMoveProbeAsync(params string[] arguments)
    {
        var program = Host.Start(["dotnet", Path.Combine(AppContext.BaseDirectory, "Toe.MoveProbe.dll"), Device, Address, .. arguments]);
        const string Said = "listening ";
        await program.WaitForAsync(Said);
        return (program, new IPEndPoint(IPAddress.Parse(Address), int.Parse(program.Output.Split(Said)[1].Split('\n')[0], CultureInfo.InvariantCulture)));
    }

    /// <summary>A connection of the second host's kernel.</summary>
    /// <param name="remote">Where to.</param>
    /// <param name="receiveBuffer">Its receive buffer, which the kernel doubles; null for the kernel's own choice.</param>
    public async Task<Socket> ConnectAsync(IPEndPoint remote, int? receiveBuffer = null)
    {
        var socket = await Peer.InsideAsync(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        if (receiveBuffer is { } size)
            socket.ReceiveBufferSize = size; // Before the handshake: it bounds the window.
        await socket.ConnectAsync(remote, Token);
        return socket;
    }

    /// <summary>The first host's own connection with the second.</summary>
    public async Task<(Socket Ours, Socket Theirs)> ConnectHostsAsync()
    {
        using var listener = await Host.InsideAsync(static () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(Address), 0));
            socket.Listen();
            return socket;
        });
        var theirs = await ConnectAsync((IPEndPoint)listener.LocalEndPoint!);
        return (await listener.AcceptAsync(Token), theirs);
    }

    /// <summary>What a program says of the connection with a socket of the second host, as soon as it has it.</summary>
    public static async Task<ConnectionReport> ReportAsync(KernelPeer program, Socket peer)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var turn = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            var all = await ToeDiagnostics.ReadConnectionsAsync(limit.Token);
            if (all.Connections.FirstOrDefault(connection => connection.Pid == program.Id && connection.Remote == peer.LocalEndPoint!.ToString()) is { } report)
                return report;
            await turn.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>Sends a part of a pattern and takes it back from whoever echoes it.</summary>
    public static async Task EchoAsync(Socket near, Pattern pattern, long position = 0, Socket? far = null)
    {
        var sent = new byte[100_000];
        pattern.Fill(sent, position);
        var sending = near.SendAsync(sent.AsMemory(), SocketFlags.None, Token);
        var received = new byte[sent.Length];
        for (var count = 0; count < received.Length;)
        {
            var more = await (far ?? near).ReceiveAsync(received.AsMemory(count), SocketFlags.None, Token).AsTask().WaitAsync(Patience, Token);
            Assert.NotEqual(0, more);
            count += more;
        }

        await sending;
        pattern.Check(received, position);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Peer.DisposeAsync();
    }
}
