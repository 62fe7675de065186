using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json;
using Toe.Core.Tests.Scripted;
using Toe.Diagnostics;
using Toe.Testing;

namespace Toe.Core.Tests.Diagnostics;

/// <summary>Connections that somebody outside the process wants moved.</summary>
[Collection(DiagnosticsGroup.Name)]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
[SuppressMessage("Reliability", "CA1001", Justification = "The stack under test owns the adapters.")]
public sealed class MoveRequestTests
{
    private readonly ScriptedMovingAdapter _one;
    private readonly ScriptedMovingAdapter _two;

    public MoveRequestTests()
    {
        var network = new ConcurrentDictionary<(IPEndPoint, IPEndPoint), ScriptedWire>();
        _one = new ScriptedMovingAdapter("one", network);
        _two = new ScriptedMovingAdapter("two", network, OffloadModel.EstablishedState);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ToeProgram This => ToeProgram.Find(Environment.ProcessId)!;

    [Fact]
    public async Task Answer_HasTheDocumentedNames_AndTheLogSaysWhoAsked()
    {
        Needs.Linux();
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [_one, _two]);
        await using var connection = await stack.ConnectAsync(StackBench.Elsewhere);

        var lines = await bench.AskForLinesAsync($"offload {connection.Id} scripted:two\n");

        Assert.Equal("scripted:two", connection.Placement.AdapterId);
        var step = lines[0].GetProperty("step");
        Assert.Equal(0, step.GetProperty("remaining").GetInt32());
        var moved = step.GetProperty("connection");
        Assert.Equal((Environment.ProcessId, connection.Id), (moved.GetProperty("pid").GetInt32(), moved.GetProperty("id").GetInt64()));
        Assert.Equal((connection.LocalEndPoint.ToString(), connection.RemoteEndPoint.ToString()), (moved.GetProperty("local").GetString(), moved.GetProperty("remote").GetString()));
        Assert.Equal(("scripted:one", "scripted:two"), (moved.GetProperty("from").GetString(), moved.GetProperty("placement").GetString()));
        Assert.Equal("Moved", moved.GetProperty("outcome").GetString());
        Assert.Equal(JsonValueKind.Null, moved.GetProperty("reason").ValueKind);
        Assert.True(lines[1].GetProperty("isDone").GetBoolean());
        await StackBench.UntilAsync(() => stack.Log.Of(1026).Count == 1);
        Assert.Equal(
            $"Asked over the diagnostic endpoint by process {Environment.ProcessId} of user {Toe.Linux.FileOwner.CurrentUser}: offload {connection.Id} to scripted:two: 1 of 1 moved or ended, 0 stayed",
            stack.Log.Of(1026)[0]);
    }

    [Fact]
    public async Task OffloadOfAll_TakesTheFirstAdapterThatTakesThem()
    {
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [_one, _two]);
        await using var first = await stack.ConnectAsync(StackBench.Elsewhere);
        await using var second = await stack.ConnectAsync(new IPEndPoint(StackBench.Elsewhere.Address, 8));

        var steps = await This.OffloadAsync(null, "scripted:two", Token).ToListAsync(Token);
        var again = await Assert.ThrowsAsync<ToeProgramException>(async () => await This.OffloadAsync(null, null, Token).ToListAsync(Token));

        Assert.Equal([first.Id, second.Id], steps.Select(step => step.Connection!.Id).Order());
        Assert.Equal([1, 0], steps.Select(step => step.Remaining));
        Assert.All(steps, step => Assert.Equal(MoveOutcome.Moved, step.Connection!.Outcome));
        Assert.True(again.NothingMatched); // None is on the host stack.
    }

    [Fact]
    public async Task WhatStays_SaysWhy()
    {
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [new ScriptedAdapter("fixed")]);
        await using var connection = await stack.ConnectAsync(StackBench.Elsewhere);

        var report = Assert.Single(await This.UploadAsync(null, Token).ToListAsync(Token)).Connection!;

        Assert.Equal((MoveOutcome.Stayed, "scripted:fixed", "scripted:fixed"), (report.Outcome, report.From, report.Placement));
        Assert.StartsWith("Capability.Move", report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AConnectionThatIsThereAlready_CountsAsMoved()
    {
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [_one, _two]);
        await using var connection = await stack.ConnectAsync(StackBench.Elsewhere);

        var report = Assert.Single(await This.OffloadAsync(connection.Id, null, Token).ToListAsync(Token)).Connection!;

        Assert.Equal((MoveOutcome.Moved, "scripted:one", "scripted:one"), (report.Outcome, report.From, report.Placement));
    }

    [Fact]
    public async Task WhatIsNotThere_IsSaid()
    {
        await using var bench = new EndpointBench();
        bench.Start(adapters: [_one]);

        foreach (var asking in new[] { This.UploadAsync(12345678, Token), This.UploadAsync(null, Token), This.OffloadAsync(null, "scripted:none", Token), This.OffloadAsync(null, "scripted:one\nx", Token), This.DrainAsync("scripted:none", TimeSpan.Zero, Token) })
            Assert.True((await Assert.ThrowsAsync<ToeProgramException>(async () => await asking.ToListAsync(Token))).NothingMatched);
        Assert.True((await Assert.ThrowsAsync<ToeProgramException>(() => This.UndoDrainAsync("scripted:one", Token))).NothingMatched);
        Assert.Null(ToeProgram.Find(1_000_000_001));
    }

    [Fact]
    public async Task WhatIsMalformed_ChangesNothing()
    {
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [_one, _two]);
        await using var connection = await stack.ConnectAsync(StackBench.Elsewhere);
        string[] malformed =
        [
            "upload", "upload x", "upload -1", "upload 1 2", "upload all all", "offload", "offload x", "offload 99999999999999999999", "drain", "drain 5", "drain x scripted:one",
            "drain -1 scripted:one", "drain 1e9 scripted:one", "drain 90000 scripted:one", "drain NaN scripted:one", "undrain", "capture", "capture 0", "capture 262145", "capture x", "Upload all",
        ];

        foreach (var question in malformed)
            Assert.Equal("{\"error\":\"unknown question\"}", await bench.AskAsync(question + "\n"));
        // Half of a question may be a whole one by chance: without its end it is none.
        foreach (var half in new[] { "offload all scripted:two", "drain 1 scripted:one", "drain 1 scripted:one" + new string(' ', 300) })
            Assert.Equal("{\"error\":\"unknown question\"}", await bench.AskAsync(half, thenEnd: half.Length < 256));

        Assert.Equal("scripted:one", connection.Placement.AdapterId);
        Assert.True(stack.Stack.GetCircuitReason("scripted:one").IsNone);
        Assert.Empty(stack.Log.Of(1026));
    }

    [Fact]
    public async Task TheAskersWords_CannotForgeALine()
    {
        await using var bench = new EndpointBench();
        var stack = bench.Start();

        await bench.AskAsync("drain 1 a\r\u001b[2Kb\n");

        await StackBench.UntilAsync(() => stack.Log.Of(1026).Count == 1);
        Assert.Contains("drain a??[2Kb within 1 s: no such adapter", stack.Log.Of(1026)[0], StringComparison.Ordinal);
    }
}
