using System.Net.Sockets;
using Toe.Core.Tests.Scripted;
using Toe.Diagnostics;
using Toe.Testing;

namespace Toe.Core.Tests.Diagnostics;

/// <summary>Captures that somebody outside the process takes.</summary>
[Collection(DiagnosticsGroup.Name)]
public sealed class CaptureRequestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ToeProgram This => ToeProgram.Find(Environment.ProcessId)!;

    [Fact, Trait("Requirement", "TOE-TELE-008")]
    public async Task Packets_OfAllAdapters_AreOneSection_WithAnInterfaceEach()
    {
        var (one, two) = (new ScriptedCapturingAdapter("one"), new ScriptedCapturingAdapter("two") { CaptureLinkType = CaptureLinkType.Ethernet });
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [one, new ScriptedAdapter("blind"), two]);
        await stack.Stack.StartAsync(Token);
        using var capture = await This.StartCaptureAsync(Token);
        using var file = new MemoryStream();

        one.Captures.Keys.Single().Captured(isOutbound: true, [1, 2], [3], [4, 5]);
        two.Captures.Keys.Single().Captured(isOutbound: false, [6], [], []);
        two.Captures.Keys.Single().Lost(7);
        var summary = await StopAsync(capture, file);

        Assert.Equal((file.Length, 2, 7, true), (summary.Bytes, (int)summary.Packets, (int)summary.Lost, summary.WasStopped));
        var blocks = PcapngReader.Read(file.ToArray());
        Assert.Equal([0x0A0D0D0A, 1u, 1u, 6u, 6u, 5u, 5u], blocks.Select(static block => block.Type));
        Assert.Equal(((ushort)101, (ushort)1), (BitConverter.ToUInt16(blocks[1].Body), BitConverter.ToUInt16(blocks[2].Body)));
        Assert.Contains("scripted:two", System.Text.Encoding.UTF8.GetString(blocks[2].Body), StringComparison.Ordinal);
        Assert.Equal((0, 5, 5), (BitConverter.ToInt32(blocks[3].Body), BitConverter.ToInt32(blocks[3].Body, 12), BitConverter.ToInt32(blocks[3].Body, 16)));
        Assert.Equal([1, 2, 3, 4, 5, 0, 0, 0, 2, 0, 4, 0, 2, 0, 0, 0], blocks[3].Body[20..36]); // The packet, the padding, and its flags: outbound.
        Assert.Equal((1, 1), (BitConverter.ToInt32(blocks[4].Body), blocks[4].Body[28]));
        Assert.Equal((8, 7), (BitConverter.ToInt64(blocks[6].Body, 16), BitConverter.ToInt64(blocks[6].Body, 28)));
        await StackBench.UntilAsync(() => stack.Log.Of(1026).Count == 2);
        Assert.EndsWith(": begun on 2 adapters", stack.Log.Of(1026)[0], StringComparison.Ordinal);
        Assert.EndsWith(": ended after 9 packets, 7 of them lost", stack.Log.Of(1026)[1], StringComparison.Ordinal);
        Assert.Empty(one.Captures);
    }

    [Fact, Trait("Requirement", "TOE-TELE-008")]
    public async Task ASlowReader_LosesPackets_AndNobodyWaitsForIt()
    {
        const int Packets = 2000;
        var adapter = new ScriptedCapturingAdapter("busy");
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [adapter]);
        await stack.Stack.StartAsync(Token);
        using var capture = await This.StartCaptureAsync(Token);
        var packet = new byte[60_000];
        var receiver = adapter.Captures.Keys.Single();

        for (var count = 0; count < Packets; count++) // 120 MB, and nobody reads.
            receiver.Captured(isOutbound: true, packet, [], []);
        var summary = await StopAsync(capture, Stream.Null);

        Assert.Equal(Packets, summary.Packets + summary.Lost);
        Assert.InRange(summary.Packets, 1, Packets / 2);
    }

    [Fact]
    public async Task NothingIsAllocated_PerPacket()
    {
        var adapter = new ScriptedCapturingAdapter("busy");
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [adapter]);
        await stack.Stack.StartAsync(Token);
        using var capture = await This.StartCaptureAsync(Token);
        var receiver = adapter.Captures.Keys.Single();
        var packet = new byte[1500];

        Assert.Equal(0, Allocations.LeastOf(() =>
        {
            for (var count = 0; count < 100; count++)
                receiver.Captured(isOutbound: false, packet, [], []);
        }));
    }

    [Fact]
    public async Task Refusals_SayWhy()
    {
        var adapter = new ScriptedCapturingAdapter("shy") { Refusal = ToeReasons.EnvironmentPrivilege.With("CAP_NET_RAW") };
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [new ScriptedAdapter("blind")]);
        await stack.Stack.StartAsync(Token);

        var none = await Assert.ThrowsAsync<ToeProgramException>(() => This.StartCaptureAsync(Token));
        var other = bench.Start(adapters: [adapter]);
        await other.Stack.StartAsync(Token);
        var refused = await Assert.ThrowsAsync<ToeProgramException>(() => This.StartCaptureAsync(Token));

        Assert.Equal((false, false), (none.NothingMatched, refused.NothingMatched));
        Assert.Contains("no adapter of this program shows its packets", none.Message, StringComparison.Ordinal);
        Assert.Contains("scripted:shy: Environment.Privilege (CAP_NET_RAW)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheProgramsEnd_IsTheCaptures_AndWhatWasCapturedIsWhole()
    {
        var adapter = new ScriptedCapturingAdapter("ending");
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [adapter]);
        await stack.Stack.StartAsync(Token);
        using var capture = await This.StartCaptureAsync(Token);
        using var file = new MemoryStream();
        adapter.Captures.Keys.Single().Captured(isOutbound: true, [1], [], []);

        await stack.DisposeAsync();
        var summary = await capture.CopyToAsync(file, CancellationToken.None);

        Assert.Equal((1L, false), (summary.Packets, summary.WasStopped));
        Assert.Equal(5u, PcapngReader.Read(file.ToArray())[^1].Type);
    }

    [Fact]
    public async Task AReaderThatVanishes_EndsTheCapture()
    {
        var adapter = new ScriptedCapturingAdapter("left");
        await using var bench = new EndpointBench();
        var stack = bench.Start(adapters: [adapter]);
        await stack.Stack.StartAsync(Token);

        using (var asker = await bench.ConnectAsync())
        {
            await asker.SendAsync("capture 64\n"u8.ToArray(), Token);
            await asker.ReceiveAsync(new byte[1], Token);
            Assert.Equal(64, Assert.Single(adapter.Captures).Key.MaximumPacket);
            asker.LingerState = new LingerOption(enable: true, 0);
        }

        await StackBench.UntilAsync(() => adapter.Captures.IsEmpty);
        await StackBench.UntilAsync(() => stack.Log.Of(1026).Count == 2);
    }

    /// <summary>Stops a capture when all that was captured has come.</summary>
    private static async Task<CaptureSummary> StopAsync(ProgramCapture capture, Stream output)
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        return await capture.CopyToAsync(output, stop.Token);
    }
}
