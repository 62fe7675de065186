using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>A program with one connection on an interface that it shares with its namespace's kernel, which does what it is told; and the peer's end, an ordinary socket elsewhere.</summary>
[SupportedOSPlatform("linux")]
internal sealed class CommandedProbe : IAsyncDisposable
{
    private readonly SharedInterfaceBench _bench;
    private readonly KernelPeer _program;
    private int _asked;

    private CommandedProbe(SharedInterfaceBench bench, KernelPeer program, Socket peer)
    {
        (_bench, _program) = (bench, program);
        Peer = peer;
    }

    public Socket Peer { get; }

    /// <summary>Opens the connection, which the adapter accepts.</summary>
    /// <param name="seed">The seed of both streams.</param>
    /// <param name="receiveBuffer">The receive buffer of the peer, which the kernel doubles; null for its own choice.</param>
    public static async Task<CommandedProbe> StartAsync(int seed, int? receiveBuffer = null)
    {
        var bench = await SharedInterfaceBench.CreateAsync();
        var (program, endpoint) = await bench.StartMoveProbeAsync("0", seed.ToString(CultureInfo.InvariantCulture), "1", "commands");
        return new CommandedProbe(bench, program, await bench.ConnectAsync(endpoint, receiveBuffer));
    }

    /// <summary>Tells the program what to do.</summary>
    /// <returns>What it answers when that is done.</returns>
    public async Task<string> AskAsync(string command)
    {
        var number = ++_asked;
        await _program.WriteLineAsync(command);
        var start = string.Create(CultureInfo.InvariantCulture, $"{number}: ");
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

    /// <summary>The state in which the kernel of the program's namespace lists the connection; null when it does not.</summary>
    public async Task<string?> ReadKernelStateAsync()
    {
        var port = ((System.Net.IPEndPoint)Peer.LocalEndPoint!).Port;
        var listed = (await _bench.Host.RunAsync("ss", "-Htan", $"dport = :{port}")).Good().Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return listed.FirstOrDefault();
    }

    /// <summary>Ends the program's input, and with it the program.</summary>
    /// <returns>Its report.</returns>
    public async Task<string> FinishAsync()
    {
        _program.CloseInput();
        return (await _program.WaitAsync()).Good().Output.Split("report ")[1];
    }

    public async ValueTask DisposeAsync()
    {
        Peer.Dispose();
        await _program.DisposeAsync();
        await _bench.DisposeAsync();
    }
}
