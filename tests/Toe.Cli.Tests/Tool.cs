using System.Net;
using System.Text.Json;
using Toe.Testing;

namespace Toe.Cli.Tests;

/// <summary>The built tool as a process of its own, with a runtime folder of its own: two tests, or two runs, do not see each other.</summary>
internal sealed class Tool : IAsyncDisposable
{
    private readonly List<KernelPeer> _started = [];

    public Tool() => Needs.Linux();

    /// <summary>A folder of this test's own.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("toe-cli-").FullName;

    /// <summary>Puts a command before the tool, for example one that enters a namespace.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    public KernelPeer Start(params string[] arguments)
    {
        var peer = KernelPeer.Start(Command(arguments));
        _started.Add(peer);
        return peer;
    }

    /// <summary>Starts a program with a card of each profile and one connection between two of its own ends.</summary>
    /// <returns>The program, and the connection's two numbers in it.</returns>
    public async Task<(KernelPeer Peer, string Client, string Server)> StartHostAsync(params string[] profiles)
    {
        var host = KernelPeer.Start(Command("Toe.CardHost.dll", profiles));
        _started.Add(host);
        await host.WaitForAsync("connected");
        return host.Output.Split(' ') is [_, var client, _, var server, ..] ? (host, client, server) : throw new InvalidOperationException(host.Output);
    }

    /// <summary>Starts the tool with its standard output in a file.</summary>
    public KernelPeer StartInto(string file, params string[] arguments)
    {
        var peer = KernelPeer.Start(["sh", "-c", "out=$1; shift; exec \"$@\" >\"$out\"", "sh", file, .. Command(arguments)]);
        _started.Add(peer);
        return peer;
    }

    /// <summary>Runs a shell line in which <c>"$@"</c> is the tool.</summary>
    public async Task<ProcessAnswer> ShellAsync(string line, params string[] arguments) =>
        await KernelPeer.RunAsync(["sh", "-c", line, "sh", .. Command(arguments)]);

    /// <summary>Runs the tool to its end with nothing on its standard input.</summary>
    public async Task<ProcessAnswer> RunAsync(params string[] arguments)
    {
        var peer = Start(arguments);
        peer.CloseInput();
        return await peer.WaitAsync();
    }

    /// <summary>Runs it with <c>--json</c> and reads what it says.</summary>
    public async Task<JsonElement> ReadJsonAsync(params string[] arguments)
    {
        var answer = (await RunAsync([.. arguments, "--json"])).Good();
        return JsonDocument.Parse(answer.Output).RootElement;
    }

    /// <summary>Starts a listener and waits until it accepts.</summary>
    public async Task<(KernelPeer Peer, IPEndPoint EndPoint)> ListenAsync(params string[] arguments)
    {
        var ready = Path.Combine(Folder, Path.GetRandomFileName());
        var peer = Start(["listen", .. arguments, "--ready-file", ready]);
        while (!File.Exists(ready))
        {
            Assert.False(peer.HasExited, peer.Errors);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        return (peer, IPEndPoint.Parse((await File.ReadAllTextAsync(ready, TestContext.Current.CancellationToken)).Trim()));
    }

    private string[] Command(string[] arguments) => Command("toe.dll", arguments);

    private string[] Command(string program, string[] arguments) =>
        [.. Prefix, "env", $"TOE_RUNTIME_DIR={Path.Combine(Folder, "run")}", "dotnet", Path.Combine(AppContext.BaseDirectory, program), .. arguments];

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _started)
            await peer.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
