using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>A program with one connection after the other on an interface that it shares with its namespace's kernel, which does what it is told; and the peer's end, an ordinary socket elsewhere.</summary>
[SupportedOSPlatform("linux")]
internal sealed class CommandedProbe : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly KernelPeer _program;
    private readonly IPEndPoint _endPoint;
    private int _seed;
    private int _asked;
    private long _sentBytes;
    private long _receivedBytes;

    private CommandedProbe(SharedInterfaceBench bench, KernelPeer program, IPEndPoint endPoint, int seed, Socket peer)
    {
        Bench = bench;
        (_program, _endPoint, _seed) = (program, endPoint, seed);
        Peer = peer;
    }

    public SharedInterfaceBench Bench { get; }

    public Socket Peer { get; private set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Opens the connection.</summary>
    /// <param name="seed">The seed of both streams.</param>
    /// <param name="receiveBuffer">The receive buffer of the peer, which the kernel doubles; null for its own choice.</param>
    /// <param name="connections">How many there will be, one after the other.</param>
    /// <param name="arguments">What the program is told beside.</param>
    /// <param name="prepare">Done to the hosts before the program starts.</param>
    public static async Task<CommandedProbe> StartAsync(
        int seed, int? receiveBuffer = null, int connections = 1, string[]? arguments = null, Func<SharedInterfaceBench, Task>? prepare = null)
    {
        var bench = await SharedInterfaceBench.CreateAsync();
        if (prepare is not null)
            await prepare(bench);
        var (program, endpoint) = await bench.StartMoveProbeAsync(
            ["0", seed.ToString(CultureInfo.InvariantCulture), connections.ToString(CultureInfo.InvariantCulture), "commands", .. arguments ?? []]);
        return new CommandedProbe(bench, program, endpoint, seed, await bench.ConnectAsync(endpoint, receiveBuffer));
    }

    /// <summary>Tells the program what to do.</summary>
    /// <returns>What it answers when that is done.</returns>
    public async Task<string> AskAsync(string command)
    {
        var start = string.Create(CultureInfo.InvariantCulture, $"answer {++_asked}: ");
        await _program.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{_asked} {command}"));
        await _program.WaitForAsync(start);
        return _program.Output.Split('\n').First(line => line.StartsWith(start, StringComparison.Ordinal))[start.Length..].TrimEnd('.');
    }

    /// <summary>Moves the connection to where it is not.</summary>
    /// <returns>True on the host, and how many bytes were queued.</returns>
    public async Task<(bool IsOnHost, long Queued)> MoveAsync()
    {
        var words = (await AskAsync("move")).Split(' ');
        Assert.True(words is ["moved", "to", _, _, "queued"], string.Join(' ', words));
        return (words[2] == "host,", long.Parse(words[3], CultureInfo.InvariantCulture));
    }

    /// <summary>Both ends send, and read what the other one sent.</summary>
    public async Task TalkAsync(int count)
    {
        await AskAsync(string.Create(CultureInfo.InvariantCulture, $"send {count}"));
        var sending = SendAsync(count);
        await ReceiveAsync(count);
        Assert.Equal("received", await AskAsync(string.Create(CultureInfo.InvariantCulture, $"receive {count}")));
        await sending;
    }

    /// <summary>The peer sends.</summary>
    public async Task SendAsync(int count)
    {
        var bytes = new byte[count];
        new Pattern(((ulong)_seed << 32) + (1UL << 31)).Fill(bytes, _sentBytes);
        _sentBytes += count;
        for (var sent = 0; sent < count;)
            sent += await Peer.SendAsync(bytes.AsMemory(sent), SocketFlags.None, Token);
    }

    /// <summary>The peer reads what the program sent.</summary>
    public async Task ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        for (var received = 0; received < count;)
        {
            var some = await Peer.ReceiveAsync(bytes.AsMemory(received), SocketFlags.None, Token).AsTask().WaitAsync(Patience, Token);
            Assert.True(some > 0, $"The stream ended behind {_receivedBytes + received} bytes.");
            received += some;
        }

        new Pattern((ulong)_seed << 32).Check(bytes, _receivedBytes);
        _receivedBytes += count;
    }

    /// <summary>Waits until the kernel of the program's host lists the connection in a state; null for not at all. It waits for a FIN that is handed on, and forgets in the background.</summary>
    public async Task UntilListedAsync(string? state)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await ReadKernelStateAsync() is var listed && listed != state)
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"It is {listed ?? "not listed"} instead of {state ?? "not listed"}.");
    }

    /// <summary>Closes the connection and opens the next one, to the same listener.</summary>
    public async Task NextAsync()
    {
        Assert.Equal("closing", await AskAsync("next"));
        Peer.Dispose();
        Peer = await Bench.ConnectAsync(_endPoint);
        (_seed, _sentBytes, _receivedBytes) = (_seed + 1, 0, 0);
    }

    /// <summary>Ends the program's input, and with it the program.</summary>
    /// <returns>The reports of its connections.</returns>
    public async Task<string> FinishAsync()
    {
        _program.CloseInput();
        return (await _program.WaitAsync()).Good().Output;
    }

    public async ValueTask DisposeAsync()
    {
        Peer.Dispose();
        await _program.DisposeAsync();
        await Bench.DisposeAsync();
    }

    private async Task<string?> ReadKernelStateAsync()
    {
        var port = ((IPEndPoint)Peer.LocalEndPoint!).Port;
        var listed = (await Bench.Host.RunAsync("ss", "-Htan", $"dport = :{port}")).Good().Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return listed.FirstOrDefault();
    }
}
