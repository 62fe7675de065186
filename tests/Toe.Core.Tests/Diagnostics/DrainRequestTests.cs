using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Toe.Core.Tests.Scripted;
using Toe.Diagnostics;

namespace Toe.Core.Tests.Diagnostics;

/// <summary>Adapters that are drained from outside the process.</summary>
[Collection(DiagnosticsGroup.Name)]
[SuppressMessage("Reliability", "CA1001", Justification = "The stack under test owns the adapters.")]
public sealed class DrainRequestTests
{
    private const string One = "scripted:one";
    private const string Fixed = "scripted:fixed";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ToeProgram This => ToeProgram.Find(Environment.ProcessId)!;

    [Fact]
    public async Task Drained_EverythingMovesAndNothingNewComes_UntilItIsUndone()
    {
        var network = new ConcurrentDictionary<(IPEndPoint, IPEndPoint), ScriptedWire>();
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [new ScriptedMovingAdapter("one", network), new ScriptedMovingAdapter("two", network)]);
        await using var connection = await stack.ConnectAsync(StackBench.Elsewhere);

        var steps = await This.DrainAsync(One, TimeSpan.FromSeconds(30), Token).ToListAsync(Token);
        await using var during = await stack.ConnectAsync(StackBench.Elsewhere);

        Assert.Equal([1, 0, 0], steps.Select(static step => step.Remaining));
        Assert.Equal((MoveOutcome.Moved, "scripted:two"), (steps[1].Connection!.Outcome, steps[1].Connection!.Placement));
        Assert.Equal(("scripted:two", "scripted:two"), (connection.Placement.AdapterId, during.Placement.AdapterId));
        var later = bench.Start(adapters: [new ScriptedAdapter("one")]); // A stack that the program makes afterwards.
        await later.RunAsync(later.Stack.StartAsync(Token).AsTask());
        Assert.True(later.Stack.GetCircuitReason(One).Is(ToeReasons.OperatorIsolated));
        await This.UndoDrainAsync(One, Token);
        await using var after = await stack.ConnectAsync(StackBench.Elsewhere);
        Assert.Equal(One, after.Placement.AdapterId);
        Assert.True(later.Stack.GetCircuitReason(One).IsNone);
        await StackBench.UntilAsync(() => stack.Log.Of(1026).Count == 2);
        Assert.EndsWith($": drain {One} within 30 s: set aside, 1 moved, 0 left", stack.Log.Of(1026)[0], StringComparison.Ordinal);
        Assert.EndsWith($": undrain {One}: taken back", stack.Log.Of(1026)[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AtTheDeadline_ThoseThatStayedAreNamed()
    {
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [new ScriptedAdapter("fixed"), new ScriptedAdapter("other")]);
        await using var connection = await stack.ConnectAsync(StackBench.Elsewhere);

        var steps = await This.DrainAsync(Fixed, TimeSpan.FromSeconds(2), Token).ToListAsync(Token);
        await This.UndoDrainAsync(Fixed, Token);

        var stayed = Assert.Single(steps, static step => step.Connection is not null);
        Assert.Equal((1, connection.Id, MoveOutcome.Stayed), (stayed.Remaining, stayed.Connection!.Id, stayed.Connection.Outcome));
        Assert.Contains("scripted:other: Capability.Move", stayed.Connection.Reason, StringComparison.Ordinal);
        Assert.Contains("HostStack: Capability.Move", stayed.Connection.Reason, StringComparison.Ordinal);
        Assert.Equal(Fixed, connection.Placement.AdapterId);
    }

    [Fact]
    public async Task ConnectionsThatEndMeanwhile_AreWaitedFor()
    {
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [new ScriptedAdapter("fixed")]);
        var connection = await stack.ConnectAsync(StackBench.Elsewhere);
        var steps = new List<MoveStep>();

        await foreach (var step in This.DrainAsync(Fixed, TimeSpan.FromHours(1), Token))
        {
            steps.Add(step);
            if (steps.Count == 1)
                await connection.DisposeAsync();
        }

        await This.UndoDrainAsync(Fixed, Token);
        Assert.Equal(MoveOutcome.Ended, Assert.Single(steps, static step => step.Connection is not null).Connection!.Outcome);
        Assert.Equal(0, steps[^1].Remaining);
    }

    [Fact]
    public async Task AnAskerThatLeaves_EndsTheWait_AndTheAdapterStaysSetAside()
    {
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [new ScriptedAdapter("fixed")]);
        await using var connection = await stack.ConnectAsync(StackBench.Elsewhere);

        using (var asker = await AskAsync(bench, $"drain 3600 {Fixed}\n"))
            await asker.ReceiveAsync(new byte[1], Token);

        await StackBench.UntilAsync(() => stack.Log.Of(1026).Count == 1);
        Assert.EndsWith("set aside, 0 moved, 1 left", stack.Log.Of(1026)[0], StringComparison.Ordinal);
        Assert.True(stack.Stack.GetCircuitReason(Fixed).Is(ToeReasons.OperatorIsolated));
        await This.UndoDrainAsync(Fixed, Token);
    }

    [Fact]
    public async Task RequestsThatLast_AreBounded_AndKeepNobodyFromAsking()
    {
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [new ScriptedAdapter("fixed")]);
        await using var connection = await stack.ConnectAsync(StackBench.Elsewhere);
        var askers = new List<Socket>();
        for (var asker = 0; asker < 4; asker++)
        {
            askers.Add(await AskAsync(bench, $"drain 3600 {Fixed}\n"));
            await askers[^1].ReceiveAsync(new byte[1], Token); // It is under way.
        }

        Assert.Equal("{\"error\":\"too many at a time\"}", await bench.AskAsync($"drain 0 {Fixed}\n"));
        Assert.StartsWith("{\"connections\":[{", await bench.AskAsync("connections\n"), StringComparison.Ordinal);
        askers[0].Dispose();
        await StackBench.UntilAsync(() => stack.Log.Of(1026).Count == 1);
        while ((await bench.AskAsync($"undrain {Fixed}\n")).Contains("too many", StringComparison.Ordinal))
            await StackBench.Breath(); // The seat is given up a moment after the line.
        await stack.DisposeAsync(); // Waits for none of the others.
        askers.ForEach(static asker => asker.Dispose());
    }

    private static async Task<Socket> AskAsync(EndpointBench bench, string question)
    {
        var socket = await bench.ConnectAsync();
        await socket.SendAsync(Encoding.UTF8.GetBytes(question), Token);
        return socket;
    }
}
