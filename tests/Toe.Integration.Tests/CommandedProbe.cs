using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>A program with one connection on an interface that it shares with its namespace's kernel, which does what it is told; and the peer's end, an ordinary socket elsewhere.</summary>
[SupportedOSPlatform("linux")]
internal sealed class CommandedProbe : IAsyncDisposable
{
    private const string Device = "eth0";
    private const string Near = "10.6.0.1";

    private readonly NetworkNamespace _here;
    private readonly NetworkNamespace _there;
    private readonly KernelPeer _program;
    private int _asked;

    private CommandedProbe(NetworkNamespace here, NetworkNamespace there, KernelPeer program, Socket peer)
    {
        (_here, _there, _program) = (here, there, program);
        Peer = peer;
    }

    public Socket Peer { get; }

    /// <summary>Opens the connection, which the adapter accepts.</summary>
    /// <param name="seed">The seed of both streams.</param>
    /// <param name="receiveBuffer">The receive buffer of the peer, which the kernel doubles; null for its own choice.</param>
    public static async Task<CommandedProbe> StartAsync(int seed, int? receiveBuffer = null)
    {
        var here = await NetworkNamespace.CreateAsync();
        var there = await NetworkNamespace.CreateAsync();
        await here.AddVethAsync(Device, there, Device);
        await here.AddAddressesAsync(Device, Near + "/24");
        await there.AddAddressesAsync(Device, "10.6.0.2/24");
        var program = here.Start("dotnet", Path.Combine(AppContext.BaseDirectory, "Toe.MoveProbe.dll"), Device, Near, "0", seed.ToString(CultureInfo.InvariantCulture), "1", "commands");
        await program.WaitForAsync("listening ");
        var port = int.Parse(program.Output["listening ".Length..].Split('\n')[0], CultureInfo.InvariantCulture);
        var peer = await there.InsideAsync(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        if (receiveBuffer is { } size)
            peer.ReceiveBufferSize = size; // Before the handshake: it bounds the window.
        await peer.ConnectAsync(Near, port);
        return new CommandedProbe(here, there, program, peer);
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
        var listed = (await _here.RunAsync("ss", "-Htan", $"dport = :{port}")).Good().Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
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
        await _here.DisposeAsync();
        await _there.DisposeAsync();
    }
}
