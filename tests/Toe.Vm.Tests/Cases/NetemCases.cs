using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using Toe.Vm.Tests.Devices;

namespace Toe.Vm.Tests.Cases;

/// <summary>The software TOE on a TAP device against the kernel's TCP, over a path that delays, loses and reorders in both directions.</summary>
[SupportedOSPlatform("linux")]
internal static class NetemCases
{
    public static readonly GuestCase[] All =
    [
        new("netem: both ways through delay", token => TransferAsync("delay 10ms", mustDrop: false, token)),
        new("netem: both ways through delay and loss", token => TransferAsync("delay 5ms loss 2%", mustDrop: true, token)),
        new("netem: both ways through delay, reordering and duplicates", token => TransferAsync("delay 5ms reorder 75% duplicate 2%", mustDrop: false, token)),
    ];

    private const int Size = 1024 * 1024;
    private const string Back = "back0";

    /// <summary>A large segment is one packet to the queueing discipline: one transfer is too few for a loss of 2 % to be certain.</summary>
    private const int MaximumTransfers = 30;

    private static async Task TransferAsync(string path, bool mustDrop, CancellationToken cancellationToken)
    {
        await using var device = await TapEngine.CreateAsync(cancellationToken);
        await Shell.RunAllAsync(cancellationToken, $"ip link add {Back} type ifb", $"ip link set {Back} up");
        try
        {
            await DisturbAsync(path, cancellationToken);
            var complete = false;
            for (var transfer = 0; transfer < MaximumTransfers && !complete; transfer++)
            {
                await TransferAsync(cancellationToken);
                complete = await DisturbedAsync(TapEngine.Device, mustDrop, cancellationToken) && await DisturbedAsync(Back, mustDrop, cancellationToken);
            }
            Check.True(complete, $"after {MaximumTransfers} transfers the path has not treated enough packets both ways");
        }
        finally
        {
            await Shell.RunAsync($"ip link del {Back}", CancellationToken.None);
        }
    }

    /// <summary>What the kernel sends is queued on the device; what it receives goes through a device of its own for the same treatment.</summary>
    private static Task DisturbAsync(string path, CancellationToken cancellationToken) => Shell.RunAllAsync(
        cancellationToken,
        $"tc qdisc add dev {TapEngine.Device} root netem {path}",
        $"tc qdisc add dev {Back} root netem {path}",
        $"tc qdisc add dev {TapEngine.Device} ingress",
        $"tc filter add dev {TapEngine.Device} ingress matchall action mirred egress redirect dev {Back}");

    private static async Task TransferAsync(CancellationToken cancellationToken)
    {
        await using var stack = TapEngine.CreateStack();
        using var listener = new TcpListener(TapEngine.KernelAddress, 0);
        listener.Start();
        var request = new ToeConnectRequest(listener.LocalEndpoint) { Mode = ToeMode.Require, Timeout = TimeSpan.FromSeconds(30) };
        await using var connection = await stack.ConnectAsync(request, cancellationToken); // The kernel answers the SYN for the backlog.
        using var peer = await listener.AcceptSocketAsync(cancellationToken);
        Check.True(!connection.Placement.IsHostStack);
        var (mine, theirs) = (Content(1), Content(2));
        var received = await Task.WhenAll(
            SendAsync(connection, mine, cancellationToken), ReceiveAsync(connection, cancellationToken), SendAsync(peer, theirs, cancellationToken), ReceiveAsync(peer, cancellationToken));
        Check.True(received[1].AsSpan().SequenceEqual(theirs), $"{received[1].Length} bytes came from the kernel");
        Check.True(received[3].AsSpan().SequenceEqual(mine), $"{received[3].Length} bytes came from the engine");
    }

    private static byte[] Content(int seed)
    {
        var content = new byte[Size];
        new Random(seed).NextBytes(content);
        return content;
    }

    private static async Task<byte[]> SendAsync(ToeConnection connection, byte[] content, CancellationToken cancellationToken)
    {
        await connection.SendAsync(content, cancellationToken);
        await connection.CompleteSendingAsync(cancellationToken);
        return [];
    }

    private static async Task<byte[]> SendAsync(Socket socket, byte[] content, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < content.Length;)
            sent += await socket.SendAsync(content.AsMemory(sent), cancellationToken);
        socket.Shutdown(SocketShutdown.Send);
        return [];
    }

    private static Task<byte[]> ReceiveAsync(ToeConnection connection, CancellationToken cancellationToken) => CollectAsync(connection.ReceiveAsync, cancellationToken);

    private static Task<byte[]> ReceiveAsync(Socket socket, CancellationToken cancellationToken) => CollectAsync(socket.ReceiveAsync, cancellationToken);

    private static async Task<byte[]> CollectAsync(Func<Memory<byte>, CancellationToken, ValueTask<int>> receive, CancellationToken cancellationToken)
    {
        var content = new byte[Size + 1];
        var length = 0;
        while (length < content.Length && await receive(content.AsMemory(length), cancellationToken) is > 0 and var count)
            length += count;
        return content[..length];
    }

    private static async Task<bool> DisturbedAsync(string device, bool mustDrop, CancellationToken cancellationToken)
    {
        var (packets, drops) = await CountAsync(device, cancellationToken);
        return packets > 100 && (!mustDrop || drops > 0);
    }

    /// <summary>What the queueing discipline at a device's root has counted.</summary>
    private static async Task<(long Packets, long Drops)> CountAsync(string device, CancellationToken cancellationToken)
    {
        using var answer = JsonDocument.Parse(await Shell.RunAsync($"tc -s -j qdisc show dev {device}", cancellationToken));
        var netem = answer.RootElement.EnumerateArray().Single(static one => one.GetProperty("kind").GetString() == "netem");
        return (netem.GetProperty("packets").GetInt64(), netem.GetProperty("drops").GetInt64());
    }
}
