using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Toe.Testing;

namespace Toe.Cli.Tests;

/// <summary>What the tool does to a running program: moves its connections, drains its adapters.</summary>
public sealed class OperateTests
{
    private const string NobodysPid = "1000000001"; // Beyond PID_MAX_LIMIT, linux/threads.h.

    [Fact]
    public async Task Offload_MovesAConnection_AndHasTheKeysThatScriptsRead()
    {
        await using var tool = new Tool();
        var (host, client, _) = await tool.StartHostAsync("default", "default");

        var moved = (await tool.ReadJsonAsync("offload", "--pid", Pid(host), "--id", client, "--to", "emulated:card1")).GetProperty("connections").EnumerateArray().Single();

        Assert.Equal((host.Id, client), (moved.GetProperty("pid").GetInt32(), moved.GetProperty("id").GetRawText()));
        Assert.Equal(("emulated:card0", "emulated:card1"), (moved.GetProperty("from").GetString(), moved.GetProperty("placement").GetString()));
        Assert.Equal(("Moved", JsonValueKind.Null), (moved.GetProperty("outcome").GetString(), moved.GetProperty("reason").ValueKind));
        var shown = await ConnectionAsync(tool, client);
        Assert.Equal(("emulated:card1", "Operator.Moved"), (shown.GetProperty("placement").GetString(), shown.GetProperty("reason").GetString()));
        Assert.Equal((shown.GetProperty("local").GetString(), shown.GetProperty("remote").GetString()), (moved.GetProperty("local").GetString(), moved.GetProperty("remote").GetString()));
        await host.WriteLineAsync("send 100000");
        await host.WaitForAsync(" True");
    }

    [Fact]
    public async Task Offload_OfAll_IsALineForEach()
    {
        await using var tool = new Tool();
        var (host, client, server) = await tool.StartHostAsync("default", "default");

        var answer = (await tool.RunAsync("offload", "--pid", Pid(host), "--all", "--to", "emulated:card1")).Good();
        var again = await tool.RunAsync("offload", "--pid", Pid(host), "--all", "--to", "emulated:card1");
        var one = (await tool.RunAsync("offload", "--pid", Pid(host), "--id", client)).Good();

        var lines = answer.Output.Trim().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.All(new[] { client, server }, id => Assert.Contains(lines, line => line.StartsWith($"{host.Id} {id} 127.0.0.1:", StringComparison.Ordinal)));
        Assert.All(lines, line => Assert.EndsWith(": moved from emulated:card0 to emulated:card1", line, StringComparison.Ordinal));
        Assert.Equal(3, again.ExitCode);
        Assert.EndsWith(": runs on emulated:card1 already", one.Output.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_OfWhatCannotMove_SaysWhy_AndFails()
    {
        await using var tool = new Tool();
        var (host, _, _) = await tool.StartHostAsync("t6"); // Which gives no connection up.

        var answer = await tool.RunAsync("upload", "--pid", Pid(host), "--all");

        Assert.Equal(1, answer.ExitCode);
        Assert.All(answer.Output.Trim().Split('\n'), line => Assert.Contains(": stayed on emulated:card0: Capability.Move", line, StringComparison.Ordinal));
        Assert.Contains("Asked over the diagnostic endpoint by process", host.Errors, StringComparison.Ordinal);
        Assert.Contains("upload all: 0 of 2 moved or ended, 2 stayed", host.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_ThatIsNotThere_IsMoved()
    {
        await using var tool = new Tool();
        var (listener, endpoint) = await tool.ListenAsync("127.0.0.1:0", "--echo", "--adapter", "emulated:fabric");
        using var client = new TcpClient();
        await client.ConnectAsync(endpoint, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(new byte[1], TestContext.Current.CancellationToken);
        await client.GetStream().ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);
        string[][] commands =
        [
            ["upload", "--pid", NobodysPid, "--all"], ["offload", "--pid", NobodysPid, "--id", "1"], ["drain", "emulated:fabric", "--pid", NobodysPid],
            ["capture", "--pid", NobodysPid, "-w", Path.Combine(tool.Folder, "none")],
            ["upload", "--pid", Pid(listener), "--all"], ["upload", "--pid", Pid(listener), "--id", "999999"], ["offload", "--pid", Pid(listener), "--all", "--to", "emulated:none"],
            ["drain", "emulated:none"], ["drain", "emulated:fabric", "--undo"],
        ];

        foreach (var command in commands)
        {
            var answer = await tool.RunAsync(command);
            Assert.True(answer.ExitCode == 3, $"{string.Join(' ', command)}: {answer}");
            Assert.StartsWith("toe: ", answer.Errors, StringComparison.Ordinal);
            Assert.Empty(answer.Output);
        }

        Assert.False(File.Exists(Path.Combine(tool.Folder, "none")));
        var stays = await tool.RunAsync("offload", "--pid", Pid(listener), "--all");
        Assert.Equal(1, stays.ExitCode);
        Assert.Contains(": stayed on HostStack: ", stays.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_EmptiesTheAdapter_AndKeepsItEmpty_UntilUndo()
    {
        await using var tool = new Tool();
        var (host, client, server) = await tool.StartHostAsync("default", "default");

        var drained = (await tool.RunAsync("drain", "emulated:card0", "--json")).Good();
        await host.WriteLineAsync("connect");
        await host.WriteLineAsync("send 1000");
        await host.WaitForAsync(" True");
        var during = host.Output;
        var undone = (await tool.RunAsync("drain", "emulated:card0", "--undo", "--pid", Pid(host))).Good();
        await host.WriteLineAsync("connect");
        await host.WriteLineAsync("send 1001");
        await host.WaitForAsync("sent 1001 ");

        var answer = JsonDocument.Parse(drained.Output).RootElement;
        Assert.Equal("emulated:card0", answer.GetProperty("adapter").GetString());
        var program = answer.GetProperty("programs").EnumerateArray().Single();
        Assert.Equal((host.Id, 0, JsonValueKind.Null), (program.GetProperty("pid").GetInt32(), program.GetProperty("remaining").GetInt32(), program.GetProperty("error").ValueKind));
        var moved = answer.GetProperty("connections").EnumerateArray().ToList();
        Assert.Equal(new[] { client, server }.Order(), moved.Select(connection => connection.GetProperty("id").GetRawText()).Order());
        Assert.All(moved, connection => Assert.Equal("emulated:card1", connection.GetProperty("placement").GetString()));
        Assert.Contains($"{host.Id}: 2 on emulated:card0", drained.Errors, StringComparison.Ordinal);
        Assert.Contains($"{host.Id}: 0 on emulated:card0", drained.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("emulated:card0", during.Split("connected")[2], StringComparison.Ordinal);
        Assert.Equal($"{host.Id} uses emulated:card0 again", undone.Output.Trim());
        Assert.Contains("emulated:card0", host.Output.Split("connected")[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_NamesThoseThatStayed_AndFails()
    {
        await using var tool = new Tool();
        var (host, _, _) = await tool.StartHostAsync("t6");

        var answer = await tool.RunAsync("drain", "emulated:card0", "--deadline", "3");

        Assert.Equal(1, answer.ExitCode);
        var lines = answer.Output.Trim().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Contains(": stayed on emulated:card0: Capability.Move", line, StringComparison.Ordinal));
        Assert.Contains($"{host.Id}: 2 on emulated:card0", answer.Errors, StringComparison.Ordinal);
    }

    private static string Pid(KernelPeer peer) => peer.Id.ToString(CultureInfo.InvariantCulture);

    private static async Task<JsonElement> ConnectionAsync(Tool tool, string id) =>
        (await tool.ReadJsonAsync("connections")).GetProperty("connections").EnumerateArray().Single(connection => connection.GetProperty("id").GetRawText() == id);
}
