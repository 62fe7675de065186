using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Diagnostics;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>A connection moves behind a stateful firewall that drops what is invalid: its numbers have moved on unseen each time it returns to the kernel.</summary>
[SupportedOSPlatform("linux")]
public sealed class FirewallMoveTests
{
    private const int Moves = 20; // The whole proof is 200.
    private const long BytesBetween = 50_000_000; // On each side, each way.
    private const int Call = 100_000;

    private const string Wall = """
        table inet wall {
            chain in {
                type filter hook input priority 0; policy drop;
                ct state invalid counter drop
                ct state established counter accept
                ct state new counter accept
            }
        }
        """;

    // Not for the offload to walk around: while it stands connections are the kernel's, and conntrack sees them from the beginning.
    private const string First = "table inet first { chain in { type filter hook input priority 10; ct state new meta mark set 1; }; }";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NoPacketIsInvalid_AndNoByteIsLost_WhereverTheConnectionWas()
    {
        Needs.Tool("nft");
        await using var bench = await SharedInterfaceBench.CreateAsync();
        (await bench.Host.RunAsync("nft", Wall)).Good();
        (await bench.Host.RunAsync("nft", First)).Good();
        var (program, endpoint) = await bench.ListenAsync(SharedInterfaceBench.Address + ":0", [SharedInterfaceBench.Device], "--echo");
        await using var owned = program;
        using var socket = await bench.ConnectAsync(endpoint);
        var begun = await SharedInterfaceBench.ReportAsync(program, socket);
        Assert.Equal("HostStack", begun.Placement);
        (await bench.Host.RunAsync("nft", "delete table inet first")).Good();

        var ended = new TaskCompletionSource();
        var sending = SendAsync(socket, ended.Task);
        var moved = await CheckAndMoveAsync(socket, ToeProgram.Find(program.Id)!, begun.Id);
        ended.SetResult();
        await ReceiveToTheEndAsync(socket);
        await sending;

        Assert.Equal(Moves, moved);
        var rules = (await bench.Host.RunAsync("nft", "list", "table", "inet", "wall")).Good().Output;
        Assert.Contains("ct state invalid counter packets 0 bytes 0 drop", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("ct state established counter packets 0 ", rules, StringComparison.Ordinal);
    }

    private static async Task<int> CheckAndMoveAsync(Socket socket, ToeProgram program, long id)
    {
        var pattern = new Pattern(6);
        var buffer = new byte[Call];
        var (moved, position, toHost) = (0, 0L, false);
        for (var next = BytesBetween; moved < Moves || position < next;)
        {
            var count = await socket.ReceiveAsync(buffer, SocketFlags.None, Token).AsTask().WaitAsync(SharedInterfaceBench.Patience, Token);
            Assert.NotEqual(0, count);
            pattern.Check(buffer.AsSpan(0, count), position);
            position += count;
            if (position < next || moved == Moves)
                continue;
            var steps = toHost ? program.UploadAsync(id, Token) : program.OffloadAsync(id, SharedInterfaceBench.Card, Token);
            var step = await steps.SingleAsync(Token);
            if (step.Connection!.Outcome != MoveOutcome.Moved)
            {
                Assert.True(moved == 0, step.Connection.Reason); // The program may not have read yet that the first rules are gone.
                continue;
            }

            (moved, next, toHost) = (moved + 1, position + BytesBetween, !toHost);
        }

        return moved;
    }

    private static async Task SendAsync(Socket socket, Task ended)
    {
        var pattern = new Pattern(6);
        var buffer = new byte[Call];
        for (var position = 0L; !ended.IsCompleted; position += Call)
        {
            pattern.Fill(buffer, position);
            await socket.SendAsync(buffer.AsMemory(), SocketFlags.None, Token);
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task ReceiveToTheEndAsync(Socket socket)
    {
        var buffer = new byte[Call];
        while (await socket.ReceiveAsync(buffer, SocketFlags.None, Token).AsTask().WaitAsync(SharedInterfaceBench.Patience, Token) > 0)
        {
        }
    }
}
