using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Toe.Core.Tests.Scripted;
using Toe.Diagnostics;
using Toe.Testing;

namespace Toe.Core.Tests.Diagnostics;

/// <summary>What <c>toe</c> asks a process by.</summary>
[Collection(DiagnosticsGroup.Name)]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class DiagnosticEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact, Trait("Requirement", "TOE-TELE-007")]
    public async Task Socket_IsItsOwnersOnly_AndGoesWithTheStack()
    {
        Needs.Linux();
        await using var bench = new EndpointBench();

        var stack = bench.Start();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(bench.OwnPath));
        Assert.Equal([bench.OwnPath], Directory.GetFileSystemEntries(bench.Folder));
        await stack.DisposeAsync();
        Assert.Empty(Directory.GetFileSystemEntries(bench.Folder));
        Assert.Empty((await ToeDiagnostics.ReadConnectionsAsync(Token)).Connections);
    }

    [Fact]
    public async Task SwitchedOff_ThereIsNone()
    {
        await using var bench = new EndpointBench();
        bench.Start(endpoint: false);
        Assert.False(Directory.Exists(bench.Folder));
    }

    [Fact]
    public async Task SeveralStacks_AnswerTogether_UntilTheLastIsGone()
    {
        await using var bench = new EndpointBench();
        using var server = StackBench.HostServer();
        var (one, other) = (bench.Start(), bench.Start());
        await using var first = await one.ConnectAsync(server.LocalEndpoint);
        await using var second = await other.ConnectAsync(server.LocalEndpoint);

        var told = await ToeDiagnostics.ReadConnectionsAsync(Token);
        Assert.Equal([first.Id, second.Id], told.Connections.Select(connection => connection.Id).Order());
        await one.DisposeAsync();
        told = await ToeDiagnostics.ReadConnectionsAsync(Token);
        Assert.Equal(second.Id, Assert.Single(told.Connections).Id);
        await other.DisposeAsync();
        Assert.False(File.Exists(bench.OwnPath));
    }

    [Fact]
    public async Task StacksThatComeAndGo_NeverLoseTheEndpoint()
    {
        await using var bench = new EndpointBench();
        var (going, coming) = (bench.Start(endpoint: false), bench.Start(endpoint: false));
        DiagnosticEndpoint.Register(going.Stack, going.Log);
        for (var round = 0; round < 1000; round++)
        {
            using var start = new Barrier(2);
            var leaving = Task.Run(
                async () =>
                {
                    start.SignalAndWait(Token);
                    await DiagnosticEndpoint.UnregisterAsync(going.Stack);
                }, Token);
            start.SignalAndWait(Token);
            Thread.SpinWait(round % 100 * 20);
            DiagnosticEndpoint.Register(coming.Stack, coming.Log);
            await leaving;

            Assert.True(File.Exists(bench.OwnPath), $"round {round}");
            Assert.Equal([bench.OwnPath], Directory.GetFileSystemEntries(bench.Folder));
            (going, coming) = (coming, going);
        }

        Assert.Equal("{\"connections\":[]}", await bench.AskAsync("connections\n"));
        await DiagnosticEndpoint.UnregisterAsync(going.Stack);
        Assert.Empty(Directory.GetFileSystemEntries(bench.Folder));
    }

    [Fact, Trait("Requirement", "TOE-TELE-007")]
    public async Task Answer_HasTheDocumentedNames()
    {
        await using var bench = new EndpointBench();
        using var server = StackBench.HostServer();
        var stack = bench.Start();
        await using var connection = await stack.ConnectAsync(server.LocalEndpoint);
        await connection.SendAsync(new byte[3], Token);

        using var answer = JsonDocument.Parse(await bench.AskAsync("connections\n"));

        var row = Assert.Single(answer.RootElement.GetProperty("connections").EnumerateArray());
        Assert.Equal(Environment.ProcessId, row.GetProperty("pid").GetInt32());
        Assert.Equal(connection.Id, row.GetProperty("id").GetInt64());
        Assert.Equal(connection.LocalEndPoint, IPEndPoint.Parse(row.GetProperty("local").GetString()!));
        Assert.Equal(connection.RemoteEndPoint, IPEndPoint.Parse(row.GetProperty("remote").GetString()!));
        Assert.Equal("Established", row.GetProperty("state").GetString());
        Assert.Equal("HostStack", row.GetProperty("placement").GetString());
        Assert.Equal("NotOffloaded", row.GetProperty("confidence").GetString());
        Assert.Equal(connection.Placement.Since, row.GetProperty("since").GetDateTimeOffset());
        Assert.StartsWith("Environment.NoAdapter", row.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal((3, 0), (row.GetProperty("bytesSent").GetInt64(), row.GetProperty("bytesReceived").GetInt64()));
        Assert.True(row.GetProperty("roundTripMicroseconds").GetDouble() > 0);
        Assert.Equal(0, row.GetProperty("retransmits").GetInt64());
        Assert.Single(answer.RootElement.EnumerateObject());
    }

    [Fact]
    public async Task OtherQuestions_AreAnsweredInJsonToo()
    {
        await using var bench = new EndpointBench();
        bench.Start();
        foreach (var (question, ends) in new[] { ("rubbish\n", false), ("\n", false), (new string('x', 256), false), ("", true), ("connection", true) })
            Assert.Equal("{\"error\":\"unknown question\"}", await bench.AskAsync(question, ends));
        Assert.Equal("{\"connections\":[]}", await bench.AskAsync("connections", thenEnd: true));
        Assert.Equal("{\"connections\":[]}", await bench.AskAsync("connections\r\nmore"));
    }

    [Fact]
    public async Task StuckAskers_StallNobodyForLong()
    {
        await using var bench = new EndpointBench();
        var stack = bench.Start();
        var stuck = new List<Socket>();
        for (var asker = 0; asker < 3; asker++)
            stuck.Add(await bench.ConnectAsync());
        Assert.Equal("{\"connections\":[]}", await bench.AskAsync("connections\n")); // The fourth seat.

        for (var asker = 0; asker < 3; asker++)
            stuck.Add(await bench.ConnectAsync());
        Assert.Equal("{\"connections\":[]}", await bench.AskAsync("connections\n")); // Their patience ends; ours is longer.

        await stack.DisposeAsync(); // Waits for none of them.
        foreach (var asker in stuck)
            asker.Dispose();
    }

    [Fact]
    public async Task AskersThatGoAway_CostNothing()
    {
        await using var bench = new EndpointBench();
        bench.Start();
        for (var asker = 0; asker < 50; asker++)
        {
            using var socket = await bench.ConnectAsync();
            if (asker % 2 == 0)
                await socket.SendAsync("connections\n"u8.ToArray(), Token);
            socket.LingerState = new LingerOption(enable: true, 0);
        }

        Assert.Equal("{\"connections\":[]}", await bench.AskAsync("connections\n"));
    }

    [Fact]
    public async Task WhatACrashLeft_IsTakenOver()
    {
        await using var bench = new EndpointBench();
        Directory.CreateDirectory(bench.Folder);
        await File.WriteAllTextAsync(bench.OwnPath, "left by a process of our number", Token);

        bench.Start();

        Assert.Equal("{\"connections\":[]}", await bench.AskAsync("connections\n"));
    }

    [Fact]
    public async Task DeadEndpoints_AreRemoved_AndNothingElse()
    {
        await using var bench = new EndpointBench();
        using var dead = bench.Endpoint(1_000_000_001, listens: false);
        var others = new[] { "readme.txt", "name.sock", "1.sock.d", "-1.sock", "99999999999.sock" }.Select(name => Path.Combine(bench.Folder, name)).ToArray();
        foreach (var other in others)
            await File.WriteAllTextAsync(other, "", Token);
        bench.Start();

        Assert.Empty((await ToeDiagnostics.ReadConnectionsAsync(Token)).Connections);

        Assert.False(File.Exists(bench.PathOf(1_000_000_001)));
        Assert.True(File.Exists(bench.OwnPath));
        Assert.All(others, other => Assert.True(File.Exists(other), other));
    }

    [Fact]
    public async Task ProcessesThatAnswerWrongOrNever_AreLeftOut()
    {
        await using var bench = new EndpointBench();
        using var mute = bench.Endpoint(1_000_000_001, listens: true);
        using var babbling = bench.Endpoint(1_000_000_002, listens: true);
        using var server = StackBench.HostServer();
        await using var connection = await bench.Start().ConnectAsync(server.LocalEndpoint);
        var babble = Task.Run(async () =>
        {
            using var asker = await babbling.AcceptAsync(Token);
            await asker.SendAsync(Encoding.UTF8.GetBytes("{\"connections\": [ { \"pid\": \"what\" } ] }"), Token);
        }, Token);

        var told = await ToeDiagnostics.ReadConnectionsAsync(Token);

        Assert.Equal(connection.Id, Assert.Single(told.Connections).Id);
        await babble;
        Assert.True(File.Exists(bench.PathOf(1_000_000_001))); // Somebody listens: theirs.
        using var impatient = new CancellationTokenSource();
        var asking = ToeDiagnostics.ReadConnectionsAsync(impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task FolderThatCannotBe_CostsTheEndpointOnly()
    {
        foreach (var folder in new[] { new string('x', 120), "occupied" })
        {
            await using var bench = new EndpointBench(folder);
            if (folder == "occupied")
                await File.WriteAllTextAsync(bench.Folder, "a file", Token);
            var stack = bench.Start();

            Assert.Single(stack.Log.Of(1025));
            using var server = StackBench.HostServer();
            await using var connection = await stack.ConnectAsync(server.LocalEndpoint);
            Assert.Empty((await ToeDiagnostics.ReadConnectionsAsync(Token)).Connections);
        }
    }
}
