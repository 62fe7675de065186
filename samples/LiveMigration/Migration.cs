using System.Net;
using System.Runtime.InteropServices;
using Toe;
using Toe.Emulated;

namespace LiveMigration;

/// <summary>The first host: its interface is shared between the kernel and a software TOE, and a download moves between the two.</summary>
internal static class Migration
{
    private const int LeastMoves = 200;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(string clientHost)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true); // It reaches the outside too, which says when to stop.
        _ = Task.Run(() => CancelAtTheEndOfInput(limit)); // It blocks.
        await using var stack = ToeStack.Create(builder => builder.AddEmulated(
            new EmulatedInterfaceOptions(Lab.Interface) { Card = new EmulatedCardOptions { Name = Lab.Interface } }));
        await stack.StartAsync(limit.Token);
        foreach (var device in stack.NotTaken)
            Console.Error.WriteLine($"{device.Device}: {device.Reason}");
        if (stack.Adapters.FirstOrDefault() is not { } adapter)
            return 1;

        await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(Lab.ServerAddress, 0)), limit.Token);
        using var curl = new Curl(clientHost, $"http://{listener.LocalEndPoint}/");
        var receiving = curl.ReadAsync(limit.Token);
        await using var connection = await listener.AcceptAsync(limit.Token);
        Console.WriteLine($"{connection.RemoteEndPoint} downloads {Download.Length:N0} bytes from {connection.LocalEndPoint}, at first on {connection.Placement}");

        var sending = Download.SendAsync(connection, limit.Token);
        var mover = new Mover(connection, adapter.Identity.Id);
        await mover.RunAsync(until: sending);
        var sent = await sending;
        await connection.CompleteSendingAsync(limit.Token);
        var (received, exitCode) = await receiving;

        var isGood = sent == received && exitCode == 0 && mover.Done >= LeastMoves && mover.Contradictions == 0;
        Console.WriteLine($"sha256 sent     {sent}");
        Console.WriteLine($"sha256 received {received}  {(sent == received ? "equal" : "DIFFERENT")}, curl ended with {exitCode}");
        Console.WriteLine(isGood
            ? $"good: every byte arrived over {mover.Done} moves, and curl never noticed"
            : $"BAD: {mover.Done} moves of at least {LeastMoves}, {mover.Contradictions} contradictions between placement and kernel");
        return isGood ? 0 : 1;
    }

    private static void CancelAtTheEndOfInput(CancellationTokenSource limit)
    {
        Console.In.ReadToEnd();
        limit.Cancel();
    }
}
