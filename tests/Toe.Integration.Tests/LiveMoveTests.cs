using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>A live connection moves between a host's kernel and the engine on the same interface, while its peer, an unmodified kernel, sends and receives.</summary>
[SupportedOSPlatform("linux")]
public sealed class LiveMoveTests
{
    private const string Device = "eth0";
    private const int LargestCall = 100_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("10.6.0.1", 1, 100)]
    [InlineData("fd06::1", 2, 50)]
    public async Task EveryByteArrivesInOrder_BothWays_UnderManyMoves(string host, int seed, int moves)
    {
        await using var here = await NetworkNamespace.CreateAsync();
        await using var there = await NetworkNamespace.CreateAsync();
        await here.AddVethAsync(Device, there, Device);
        await here.AddAddressesAsync(Device, "10.6.0.1/24", "fd06::1/64");
        await there.AddAddressesAsync(Device, "10.6.0.2/24", "fd06::2/64");
        await using var probe = here.Start("dotnet", Path.Combine(AppContext.BaseDirectory, "Toe.MoveProbe.dll"), Device, host, $"{moves}", $"{seed}");
        await probe.WaitForAsync("listening ");

        using var socket = await there.InsideAsync(() => new Socket(IPAddress.Parse(host).AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(host), PortOf(probe)), Token);
        var ended = new TaskCompletionSource();
        var sending = SendAsync(socket, seed, ended.Task);
        await CheckAsync(socket, new Pattern((ulong)seed << 32));
        ended.SetResult();
        await sending;

        await probe.WaitAsync();
        var report = JsonDocument.Parse(probe.Output.Split("report ")[1]).RootElement;
        TestContext.Current.TestOutputHelper?.WriteLine(report.GetRawText());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("failure").ValueKind);
        Assert.True(report.GetProperty("moved").GetInt32() >= moves * 95 / 100, report.GetRawText());
        Assert.Equal(0, report.GetProperty("listedWrongly").GetInt32());
    }

    [Fact]
    public async Task ProgramThatIsKilledInTheMiddle_LeavesNothing_AndTheHostsOwnConnectionsNeverNotice()
    {
        await using var here = await NetworkNamespace.CreateAsync();
        await using var there = await NetworkNamespace.CreateAsync();
        await here.AddVethAsync(Device, there, Device);
        await here.AddAddressesAsync(Device, "10.6.0.1/24");
        await there.AddAddressesAsync(Device, "10.6.0.2/24");
        var (ours, theirs) = await ConnectAsync(here, there);
        using var _ = ours;
        using var __ = theirs;
        var ended = new TaskCompletionSource();
        var untouched = Task.WhenAll(new[] { SendAsync(ours, seed: 7, ended.Task), CheckAsync(theirs, new Pattern((7UL << 32) + (1UL << 31))) });
        await using var probe = here.Start("dotnet", Path.Combine(AppContext.BaseDirectory, "Toe.MoveProbe.dll"), Device, "10.6.0.1", "100000", "3");
        await probe.WaitForAsync("listening ");
        using var moved = await there.InsideAsync(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await moved.ConnectAsync(new IPEndPoint(IPAddress.Parse("10.6.0.1"), PortOf(probe)), Token);
        var sending = SendAsync(moved, seed: 3, ended.Task);
        var buffer = new byte[LargestCall];
        for (var received = 0; received < 50_000_000;) // Many moves long.
            received += await moved.ReceiveAsync(buffer, SocketFlags.None, Token);
        Assert.Contains("toe0", await here.IpAsync("link"), StringComparison.Ordinal);

        await probe.DisposeAsync(); // Kills it.

        // With a reset, or with FIN where the kernel had it at that moment: it never hangs.
        await Record.ExceptionAsync(() => ReceiveToTheEndAsync(moved, buffer)).AsTask().WaitAsync(Patience, Token);
        await Assert.ThrowsAsync<SocketException>(() => sending).WaitAsync(Patience, Token);
        Assert.DoesNotContain("toe0", await here.IpAsync("link"), StringComparison.Ordinal);
        ended.SetResult();
        await untouched.WaitAsync(Patience, Token);
        using var later = await there.InsideAsync(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        var answer = await Assert.ThrowsAsync<SocketException>(async () => await later.ConnectAsync(new IPEndPoint(IPAddress.Parse("10.6.0.1"), PortOf(probe)), Token));
        Assert.Equal(SocketError.ConnectionRefused, answer.SocketErrorCode); // The kernel's answer: nothing steers any more.
    }

    private static int PortOf(KernelPeer probe) => int.Parse(probe.Output["listening ".Length..].Split('\n')[0], CultureInfo.InvariantCulture);

    private static async Task ReceiveToTheEndAsync(Socket socket, byte[] buffer)
    {
        while (await socket.ReceiveAsync(buffer, SocketFlags.None, Token) > 0)
        {
        }
    }

    private static async Task<(Socket Ours, Socket Theirs)> ConnectAsync(NetworkNamespace here, NetworkNamespace there)
    {
        using var listener = await there.InsideAsync(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse("10.6.0.2"), 0));
            socket.Listen();
            return socket;
        });
        var ours = await here.InsideAsync(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await ours.ConnectAsync(listener.LocalEndPoint!, Token);
        return (ours, await listener.AcceptAsync(Token));
    }

    private static async Task SendAsync(Socket socket, int seed, Task ended)
    {
        var random = new Random(seed + 2);
        var pattern = new Pattern(((ulong)seed << 32) + (1UL << 31));
        var buffer = new byte[LargestCall];
        for (var position = 0L; !ended.IsCompleted;)
        {
            var bytes = buffer.AsMemory(0, random.Next(1, LargestCall));
            pattern.Fill(bytes.Span, position);
            await socket.SendAsync(bytes, SocketFlags.None, Token);
            position += bytes.Length;
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task CheckAsync(Socket socket, Pattern pattern)
    {
        var buffer = new byte[LargestCall];
        for (var position = 0L; ;)
        {
            var count = await socket.ReceiveAsync(buffer, SocketFlags.None, Token);
            if (count == 0)
                return;
            pattern.Check(buffer.AsSpan(0, count), position);
            position += count;
        }
    }
}
