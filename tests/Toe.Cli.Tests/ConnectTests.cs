using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Toe.Testing;

namespace Toe.Cli.Tests;

/// <summary><c>toe connect</c>: like nc, with a summary on standard error and the exit code of the outcome.</summary>
public sealed class ConnectTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnyBytes_GoThroughBothWays()
    {
        await using var tool = new Tool();
        var sent = RandomNumberGenerator.GetBytes(3_000_000);
        await File.WriteAllBytesAsync(Path.Combine(tool.Folder, "in"), sent, Cancellation);
        var (_, endpoint) = await tool.ListenAsync("127.0.0.1:0", "--echo");

        var answer = await tool.ShellAsync($"\"$@\" <{tool.Folder}/in >{tool.Folder}/out", "connect", endpoint.ToString());

        Assert.Equal((0, ""), (answer.ExitCode, answer.Output));
        Assert.Equal(sent, await File.ReadAllBytesAsync(Path.Combine(tool.Folder, "out"), Cancellation));
        Assert.Contains("3000000 bytes sent, 3000000 received", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EndOfInput_IsAHalfClose_AndWhatComesAfterItIsWritten()
    {
        await using var tool = new Tool();
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var client = tool.Start("connect", server.LocalEndpoint.ToString()!);
        using var accepted = await server.AcceptTcpClientAsync(Cancellation);
        client.CloseInput();
        Assert.Equal(0, await accepted.GetStream().ReadAsync(new byte[1], Cancellation)); // The FIN.

        await accepted.GetStream().WriteAsync("late\n"u8.ToArray(), Cancellation);
        accepted.Close();

        Assert.Equal("late", (await client.WaitAsync()).Good().Output.Trim());
    }

    [Fact]
    public async Task Summary_InJson_HasPlacementAndTrace()
    {
        await using var tool = new Tool();
        var (_, endpoint) = await tool.ListenAsync("127.0.0.1:0", "--source", "10");

        var answer = (await tool.RunAsync("connect", endpoint.ToString(), "--adapter", "emulated:fabric", "--json")).Good();

        Assert.Equal(10, answer.Output.TrimEnd('\n').Length);
        var summary = JsonDocument.Parse(answer.Errors).RootElement;
        Assert.Equal(endpoint.ToString(), summary.GetProperty("remote").GetString());
        Assert.Equal("HostStack", summary.GetProperty("placement").GetString());
        Assert.Equal("Route.NotOnFabric", summary.GetProperty("reason").GetString()!.Split(':')[0]);
        Assert.Equal((0, 10), (summary.GetProperty("bytesSent").GetInt64(), summary.GetProperty("bytesReceived").GetInt64()));
        Assert.Equal("emulated:fabric", summary.GetProperty("decision").GetProperty("trace")[0].GetProperty("adapter").GetString());
    }

    [Fact]
    public async Task Require_FailsWithTheTrace_WhereOnlyTheHostCould()
    {
        await using var tool = new Tool();
        var (_, endpoint) = await tool.ListenAsync("127.0.0.1:0", "--echo");

        var answer = await tool.RunAsync("connect", endpoint.ToString(), "--adapter", "emulated:fabric", "--mode", "require");

        Assert.Equal(1, answer.ExitCode);
        Assert.StartsWith("toe: Offloading was required", answer.Errors, StringComparison.Ordinal);
        Assert.Contains("emulated:fabric", answer.Errors, StringComparison.Ordinal);
        Assert.Contains("Route.NotOnFabric", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResetByThePeer_IsAFailure_WithTheHostsWords()
    {
        await using var tool = new Tool();
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var client = tool.Start("connect", server.LocalEndpoint.ToString()!);
        using (var accepted = await server.AcceptSocketAsync(Cancellation))
            accepted.LingerState = new LingerOption(enable: true, 0);

        var answer = await client.WaitAsync();

        Assert.Equal((1, $"toe: {new SocketException((int)SocketError.ConnectionReset).Message}"), (answer.ExitCode, answer.Errors.Trim()));
    }

    [Fact]
    public async Task NameThatDoesNotExist_IsAFailure_NotAUsageError()
    {
        await using var tool = new Tool();

        foreach (var command in new[] { "connect", "explain" })
        {
            var answer = await tool.RunAsync(command, "no-such-host.invalid:80");
            Assert.Equal(1, answer.ExitCode);
            Assert.StartsWith("toe: ", answer.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Timeout_EndsTheAttempt()
    {
        await using var tool = new Tool();

        var answer = await tool.RunAsync("connect", "192.0.2.1:9", "--timeout", "0.2"); // TEST-NET-1: no answer, or no route.

        Assert.Equal(1, answer.ExitCode);
        Assert.StartsWith("toe: ", answer.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-TERM")]
    [InlineData("-INT")]
    public async Task Signal_EndsIt_WithTheSummaryUnwritten(string signal)
    {
        await using var tool = new Tool();
        var (_, endpoint) = await tool.ListenAsync("127.0.0.1:0", "--echo");
        var client = tool.Start("connect", endpoint.ToString());
        await client.WriteLineAsync("here");
        await client.WaitForAsync("here");

        (await KernelPeer.RunAsync(["kill", signal, client.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])).Good();

        Assert.Equal(1, (await client.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task TwoAtOnce_DoNotDisturbEachOther()
    {
        await using var tool = new Tool();
        var (first, firstEndpoint) = await tool.ListenAsync("127.0.0.1:0", "--echo", "--adapter", "emulated:fabric");
        var (second, secondEndpoint) = await tool.ListenAsync("127.0.0.1:0", "--echo", "--adapter", "emulated:fabric");
        var clients = new[] { tool.Start("connect", firstEndpoint.ToString()), tool.Start("connect", secondEndpoint.ToString()) };
        for (var i = 0; i < 2; i++)
        {
            await clients[i].WriteLineAsync($"client {i}");
            await clients[i].WaitForAsync($"client {i}");
        }

        var shown = (await tool.ReadJsonAsync("connections")).GetProperty("connections").EnumerateArray().ToList();

        Assert.Equal(
            new[] { first.Id, second.Id, clients[0].Id, clients[1].Id }.Order(),
            shown.Select(connection => connection.GetProperty("pid").GetInt32()).Order());
        foreach (var client in clients)
        {
            client.CloseInput();
            Assert.Equal(0, (await client.WaitAsync()).ExitCode);
        }

        Assert.Equal(2, new[] { first, second }.Count(listener => !listener.HasExited));
    }

    [Fact]
    public async Task Connections_ForPeople_AreOneLineEach()
    {
        await using var tool = new Tool();
        var (listener, endpoint) = await tool.ListenAsync("127.0.0.1:0", "--echo");
        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(endpoint, Cancellation);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("x"), Cancellation);
        await client.GetStream().ReadExactlyAsync(new byte[1], Cancellation);

        var answer = (await tool.RunAsync("connections")).Good();

        var lines = answer.Output.Trim().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith(listener.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), lines[1].TrimStart(), StringComparison.Ordinal);
        Assert.Contains(client.Client.LocalEndPoint!.ToString()!, lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', answer.Output);
    }
}
