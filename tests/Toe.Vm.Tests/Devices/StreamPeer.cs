using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.Versioning;

namespace Toe.Vm.Tests.Devices;

/// <summary>This program again, as the other end of a connection: <c>--peer flood|rstream|inline ADDRESS:PORT [SIZE COUNT ROUNDS]</c>.</summary>
[SupportedOSPlatform("linux")]
internal static class StreamPeer
{
    public static Process Start(string what, IPEndPoint remote, Rstream.Plan? plan = null)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"--peer {what} {remote} {plan?.Size} {plan?.Count} {plan?.Rounds}").TrimEnd();
        var start = new ProcessStartInfo(Environment.ProcessPath!, line.Split(' ')) { UseShellExecute = false };
        return Process.Start(start) ?? throw new GuestFailureException("the peer did not start");
    }

    public static async Task<int> RunAsync(string[] arguments)
    {
        await using var stack = SiwBench.CreateStack(isInline: arguments[0] == "inline");
        await stack.StartAsync(CancellationToken.None);
        var request = new ToeConnectRequest(IPEndPoint.Parse(arguments[1])) { Mode = ToeMode.Require };
        await using var connection = await stack.ConnectAsync(request, CancellationToken.None);
        if (arguments[0] == "flood")
        {
            while (true)
                await connection.SendAsync(new byte[50_000], CancellationToken.None);
        }

        var numbers = arguments[2..].Select(static one => int.Parse(one, CultureInfo.InvariantCulture)).ToArray();
        var plan = new Rstream.Plan(numbers[0], numbers[1], numbers[2]);
        var buffer = new byte[Math.Max(plan.Size, Rstream.Plan.Hello)];
        await connection.SendAsync(buffer.AsMemory(0, Rstream.Plan.Hello), CancellationToken.None);
        await ReceiveAllAsync(connection, buffer.AsMemory(0, Rstream.Plan.Hello), CancellationToken.None);
        for (var round = 0; round < plan.Rounds; round++)
        {
            for (var piece = 0; piece < plan.Count; piece++)
                await connection.SendAsync(buffer.AsMemory(0, plan.Size), CancellationToken.None);
            for (var piece = 0; piece < plan.Count; piece++)
                await ReceiveAllAsync(connection, buffer.AsMemory(0, plan.Size), CancellationToken.None);
        }

        await connection.CompleteSendingAsync(CancellationToken.None);
        await connection.ReceiveAsync(buffer, CancellationToken.None);
        return 0;
    }

    /// <summary>The server's side of the same.</summary>
    /// <returns>Seconds between the greeting and the last byte.</returns>
    public static async Task<double> ServeAsync(ToeConnection connection, Rstream.Plan plan, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Max(plan.Size, Rstream.Plan.Hello)];
        await ReceiveAllAsync(connection, buffer.AsMemory(0, Rstream.Plan.Hello), cancellationToken);
        await connection.SendAsync(buffer.AsMemory(0, Rstream.Plan.Hello), cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        for (var round = 0; round < plan.Rounds; round++)
        {
            for (var piece = 0; piece < plan.Count; piece++)
                await ReceiveAllAsync(connection, buffer.AsMemory(0, plan.Size), cancellationToken);
            for (var piece = 0; piece < plan.Count; piece++)
                await connection.SendAsync(buffer.AsMemory(0, plan.Size), cancellationToken);
        }

        Check.Equal(0, await connection.ReceiveAsync(buffer, cancellationToken)); // The peer has received all of it.
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task ReceiveAllAsync(ToeConnection connection, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var received = await connection.ReceiveAsync(buffer, cancellationToken);
            Check.True(received != 0, "it ended early");
            buffer = buffer[received..];
        }
    }
}
