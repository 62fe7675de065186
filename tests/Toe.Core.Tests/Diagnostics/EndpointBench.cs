using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Toe.Core.Tests.Configuration;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Diagnostics;

/// <summary>Endpoints in a folder of the test's own.</summary>
internal sealed class EndpointBench : IAsyncDisposable
{
    private readonly string? _before = Environment.GetEnvironmentVariable("TOE_RUNTIME_DIR");
    private readonly TempFolder _root = new();
    private readonly List<StackBench> _stacks = [];

    public EndpointBench(string? folder = null)
    {
        Folder = folder is null ? _root.File("run") : _root.File(folder);
        Environment.SetEnvironmentVariable("TOE_RUNTIME_DIR", Folder);
    }

    public string Folder { get; }

    /// <summary>This process's endpoint.</summary>
    public string OwnPath => PathOf(Environment.ProcessId);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string PathOf(int pid) => Path.Combine(Folder, $"{pid}.sock");

    public StackBench Start(bool endpoint = true, params ScriptedAdapter[] adapters)
    {
        var stack = StackBench.Configured(new() { ["Toe:Diagnostics:Endpoint"] = endpoint.ToString() }, adapters);
        _stacks.Add(stack);
        return stack;
    }

    /// <summary>Asks raw, and reads the lines of the answer.</summary>
    public async Task<IReadOnlyList<JsonElement>> AskForLinesAsync(string question)
    {
        var answer = await AskAsync(question);
        return [.. answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>A socket in the folder that is somebody's endpoint, or was.</summary>
    public Socket Endpoint(int pid, bool listens)
    {
        Directory.CreateDirectory(Folder);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(PathOf(pid)));
        if (listens)
            socket.Listen();
        return socket;
    }

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(OwnPath), Token);
        return socket;
    }

    /// <summary>Asks raw, and gives the whole answer.</summary>
    public async Task<string> AskAsync(string question, bool thenEnd = false)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.UTF8.GetBytes(question), Token);
        if (thenEnd)
            socket.Shutdown(SocketShutdown.Send);
        var answer = new MemoryStream();
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token) is > 0 and var received)
            answer.Write(buffer, 0, received);
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stack in _stacks)
            await stack.DisposeAsync();
        Environment.SetEnvironmentVariable("TOE_RUNTIME_DIR", _before);
        _root.Dispose();
    }
}
