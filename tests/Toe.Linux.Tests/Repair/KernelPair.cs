using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Linux.Tests.Repair;

/// <summary>
/// A connection of the kernel over a veth pair between two namespaces. <see cref="Subject"/>, here, is moved; <see cref="Peer"/>, there, is an ordinary socket that must not notice. At the end no
/// RST has passed.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class KernelPair : IAsyncDisposable
{
    public const int Buffer = 8 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private KernelPair(NetworkNamespace here, NetworkNamespace there, Socket subject, Socket peer)
    {
        (Here, There, Subject, Peer) = (here, there, subject, peer);
        Tuple = new TcpTuple((IPEndPoint)subject.LocalEndPoint!, (IPEndPoint)subject.RemoteEndPoint!);
    }

    public NetworkNamespace Here { get; }

    public NetworkNamespace There { get; }

    public Socket Subject { get; private set; }

    public Socket Peer { get; }

    public TcpTuple Tuple { get; }

    /// <summary>Resets on purpose: the pair does not look for them.</summary>
    public bool AllowsResets { get; set; }

    public static Task<KernelPair> OpenAsync(bool six, bool passive = false) => OpenAsync(six, passive, rules: null);

    /// <summary>The same with packet filter rules here, from before the connection is opened.</summary>
    public static async Task<KernelPair> OpenAsync(bool six, bool passive, string? rules)
    {
        Needs.Root();
        Needs.Tool("nft");
        var here = await NetworkNamespace.CreateAsync();
        var there = await NetworkNamespace.CreateAsync();
        await here.AddVethAsync("v0", there, "v0");
        var (own, other) = six ? ("fd00:9::1", "fd00:9::2") : ("10.9.0.1", "10.9.0.2");
        await here.AddAddressesAsync("v0", own + (six ? "/64" : "/24"));
        await there.AddAddressesAsync("v0", other + (six ? "/64" : "/24"));
        (await here.RunAsync("nft", """
            add table inet resets
            add chain inet resets in { type filter hook input priority -10; }
            add chain inet resets out { type filter hook output priority -10; }
            add rule inet resets in tcp flags & rst == rst counter
            add rule inet resets out tcp flags & rst == rst counter
            """)).Good();
        if (rules is not null)
            (await here.RunAsync("nft", rules)).Good();
        var (first, second) = passive ? (there, here) : (here, there);
        var listening = new IPEndPoint(IPAddress.Parse(passive ? own : other), 0);
        using var listener = await second.InsideAsync(() =>
        {
            var made = Make(listening);
            made.Bind(listening);
            made.Listen();
            return made;
        });
        var active = await first.InsideAsync(() =>
        {
            var made = Make(listening);
            made.Connect(listener.LocalEndPoint!);
            return made;
        });
        var accepted = await listener.AcceptAsync();
        return passive ? new KernelPair(here, there, accepted, active) : new KernelPair(here, there, active, accepted);
    }

    /// <summary>Nothing that the peer sends arrives any more.</summary>
    public Task DeafenAsync() => BlockAsync("input");

    /// <summary>Nothing that is sent here leaves any more.</summary>
    public Task MuteAsync() => BlockAsync("output");

    public async Task UnblockAsync() => (await Here.RunAsync("nft", "delete table inet blocked")).Good();

    public FrozenTcpSocket Freeze()
    {
        var refusal = TcpRepair.TryFreeze(Subject, out var frozen);
        Assert.True(refusal.IsNone, refusal.ToString());
        return frozen!;
    }

    public Task<ImportedTcpSocket> ImportAsync(TcpConnectionState state) => Here.InsideAsync(() =>
    {
        var refusal = TcpRepair.TryImport(state, out var imported);
        Assert.True(refusal.IsNone, refusal.ToString());
        return imported!;
    });

    public void Continue(Socket subject) => Subject = subject;

    /// <summary>Out of the kernel and into it again, with nothing let through meanwhile.</summary>
    public async Task<TcpConnectionState> MoveAsync()
    {
        var frozen = Freeze();
        var state = frozen.State;
        frozen.Close();
        using var imported = await ImportAsync(state);
        Continue(imported.Activate());
        return state;
    }

    public static TcpState StateOf(Socket socket) => new RepairSocket(socket.SafeHandle).ReadInfo().State;

    public static Task UntilAsync(Socket socket, TcpState state) => UntilAsync(() => StateOf(socket) == state);

    public static async Task UntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "It did not happen.");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    public static async Task<byte[]> ReceiveAsync(Socket socket, int count)
    {
        using var limit = new CancellationTokenSource(Patience);
        var all = new byte[count];
        for (var received = 0; received < count;)
        {
            var more = await socket.ReceiveAsync(all.AsMemory(received), limit.Token);
            Assert.True(more > 0, $"The stream ended behind {received} bytes.");
            received += more;
        }

        return all;
    }

    public static async Task ReceiveEndAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(Patience);
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], limit.Token));
    }

    /// <summary>The connection carries data both ways, and closes both ways.</summary>
    public async Task TalkAndCloseAsync()
    {
        await TalkAsync();
        Subject.Shutdown(SocketShutdown.Send);
        await ReceiveEndAsync(Peer);
        Peer.Shutdown(SocketShutdown.Send);
        await ReceiveEndAsync(Subject);
    }

    public async Task TalkAsync()
    {
        await Subject.SendAsync("ping"u8.ToArray());
        Assert.Equal("ping"u8.ToArray(), await ReceiveAsync(Peer, 4));
        await Peer.SendAsync("pong"u8.ToArray());
        Assert.Equal("pong"u8.ToArray(), await ReceiveAsync(Subject, 4));
    }

    public async Task<bool> SawResetsAsync() =>
        (await Here.RunAsync("nft", "list table inet resets")).Good().Output.Split('\n').Any(line => line.Contains("counter", StringComparison.Ordinal) && !line.Contains("packets 0", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        var resets = await SawResetsAsync();
        Subject.Dispose();
        Peer.Dispose();
        await Here.DisposeAsync();
        await There.DisposeAsync();
        Assert.True(AllowsResets || !resets, "A reset was seen.");
    }

    private static Socket Make(IPEndPoint like)
    {
        var socket = new Socket(like.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // Forced, whatever the machine's limits are: an accepted socket inherits them.
        var repair = new RepairSocket(socket.SafeHandle);
        repair.Set(SocketOption.ForceReceiveBuffer, Buffer);
        repair.Set(SocketOption.ForceSendBuffer, Buffer);
        repair.Set(SocketOption.BufferLock, 0);
        return socket;
    }

    private async Task BlockAsync(string hook) => (await Here.RunAsync("nft", $$"""
        add table inet blocked
        add chain inet blocked {{hook}} { type filter hook {{hook}} priority 0; }
        add rule inet blocked {{hook}} meta l4proto tcp drop
        """)).Good();
}
