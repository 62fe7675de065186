using System.Globalization;
using System.Net;
using System.Runtime.Versioning;
using Toe.Linux;
using Toe.Vm.Tests.Devices;

namespace Toe.Vm.Tests.Cases;

/// <summary>Both directions of one rsocket at once, which librdmacm's own rsockets do not bear: see <see cref="Rsocket"/>.</summary>
[SupportedOSPlatform("linux")]
internal static class RsocketDuplexCases
{
    private const int Rounds = 60;
    private const int RoundSize = 1024 * 1024;
    private const int Numbers = 32;                 // in a piece, of four bytes each
    private const int HammerSize = 1024 * 1024 * 2;

    public static readonly GuestCase[] All =
    [
        new("rsocket: 1 MiB both ways at once, many rounds, no hang", token => RunAsync(1, token)),
        new("rsocket: the same on four connections and two poll threads", token => RunAsync(4, token)),
        new("rsocket: many small pieces both ways at once, and closed at once", PiecesAsync),
        new("rsocket: sends beside receives that do not wait, in threads of their own", HammerAsync),
    ];

    private static async Task RunAsync(int pairs, CancellationToken cancellationToken)
    {
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        using var engine = new RsocketEngine(threads: Math.Min(2, pairs));
        using var listener = new RsocketDoor(engine, new IPEndPoint(SiwDevice.Address, 0));
        var ends = new List<(RsocketPeer Client, RsocketPeer Server)>();
        try
        {
            for (var i = 0; i < pairs; i++)
            {
                var client = await RsocketPeer.ConnectAsync(engine, listener.LocalEndPoint, cancellationToken);
                ends.Add((client, await listener.AcceptAsync(cancellationToken)));
            }

            var started = TimeProvider.System.GetTimestamp();
            await Task.WhenAll(ends.Select(end => RunRoundsAsync(end.Client, end.Server, Rounds / pairs, cancellationToken)));
            var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"     {Rounds} rounds in {seconds:F1} s: {2.0 * Rounds / seconds:F0} MiB/s in sum"));
        }
        finally
        {
            foreach (var (client, server) in ends)
            {
                client.Dispose();
                server.Dispose();
            }
        }
    }

    /// <summary>Each piece is an entry of the send queue, which the library counts: a count that is off ends in a hang here, or in a close that never returns.</summary>
    private static async Task PiecesAsync(CancellationToken cancellationToken)
    {
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        using var engine = new RsocketEngine(threads: 1);
        using var listener = new RsocketDoor(engine, new IPEndPoint(SiwDevice.Address, 0));
        var (pieces, started) = (0, TimeProvider.System.GetTimestamp());
        for (var connection = 0; connection < 6; connection++)
        {
            using var client = await RsocketPeer.ConnectAsync(engine, listener.LocalEndPoint, cancellationToken);
            using var server = await listener.AcceptAsync(cancellationToken);
            await RunRoundsAsync(client, server, 2, cancellationToken, piece: 100 + connection);
            pieces += 4 * RoundSize / (100 + connection);
        }

        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"     {pieces} pieces in {seconds:F1} s: {pieces / seconds:F0} in a second"));
        while (RdmaLibrary.OpenSockets > 1)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
    }

    /// <summary>Nobody waits for the other: a send and a receive of one socket run at the same time as often as can be.</summary>
    private static async Task HammerAsync(CancellationToken cancellationToken)
    {
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        using var engine = new RsocketEngine(threads: 1);
        using var listener = new RsocketDoor(engine, new IPEndPoint(SiwDevice.Address, 0));
        for (var connection = 0; connection < 3; connection++)
        {
            using var client = await RsocketPeer.ConnectAsync(engine, listener.LocalEndPoint, cancellationToken);
            using var server = await listener.AcceptAsync(cancellationToken);
            await Task.WhenAll(
                SpinAsync(() => SendAll(client.Socket, cancellationToken)), SpinAsync(() => ReceiveAll(client.Socket, cancellationToken)),
                SpinAsync(() => SendAll(server.Socket, cancellationToken)), SpinAsync(() => ReceiveAll(server.Socket, cancellationToken)));
        }

        var closing = TimeProvider.System.GetTimestamp();
        while (RdmaLibrary.OpenSockets > 1)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
            Check.True(TimeProvider.System.GetElapsedTime(closing) < TimeSpan.FromSeconds(6), $"{RdmaLibrary.OpenSockets - 1} do not close, {RdmaLibrary.StuckCalls} calls hang");
        }
    }

    private static Task SpinAsync(Action loop) => Task.Factory.StartNew(loop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void SendAll(Rsocket socket, CancellationToken cancellationToken)
    {
        var number = 0;
        Span<byte> piece = stackalloc byte[4 * Numbers];
        while (number < HammerSize / 4)
        {
            for (var i = 0; i < Numbers; i++)
                BitConverter.TryWriteBytes(piece[(4 * i)..], number + i);
            var status = socket.Send(piece, out var sent);
            Check.True(status is IoStatus.Done or IoStatus.WouldBlock, $"{status} at {number}");
            Check.Equal(0, sent % 4);
            number += sent / 4;
            if (cancellationToken.IsCancellationRequested)
                throw new GuestFailureException($"the send hangs at {number}");
        }
    }

    private static void ReceiveAll(Rsocket socket, CancellationToken cancellationToken)
    {
        var number = 0;
        Span<byte> buffer = stackalloc byte[4096];
        while (number < HammerSize / 4)
        {
            var status = socket.Receive(buffer, out var received);
            Check.True(status is IoStatus.Done or IoStatus.WouldBlock, $"{status} at {number}");
            for (var i = 0; i < received / 4; i++)
                Check.Equal(number++, BitConverter.ToInt32(buffer[(4 * i)..]));
            if (cancellationToken.IsCancellationRequested)
                throw new GuestFailureException($"the receive hangs at {number}");
        }
    }

    private static async Task RunRoundsAsync(RsocketPeer client, RsocketPeer server, int rounds, CancellationToken cancellationToken, int piece = int.MaxValue)
    {
        for (var round = 0; round < rounds; round++)
        {
            var (there, back) = (Content(2 * round), Content((2 * round) + 1));
            var sending = Task.WhenAll(Task.Run(() => client.SendAsync(there, cancellationToken, piece), cancellationToken), Task.Run(() => server.SendAsync(back, cancellationToken, piece), cancellationToken));
            var receiving = Task.WhenAll(Task.Run(() => server.ReceiveAsync(RoundSize, cancellationToken), cancellationToken), Task.Run(() => client.ReceiveAsync(RoundSize, cancellationToken), cancellationToken));
            try
            {
                await Task.WhenAll(sending, receiving).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, cancellationToken);
            }
            catch (TimeoutException)
            {
                throw new GuestFailureException($"round {round} hangs: sending {sending.Status}, receiving {receiving.Status}");
            }

            var received = await receiving;
            Check.True(received[0].AsSpan().SequenceEqual(there), $"round {round}, to the server");
            Check.True(received[1].AsSpan().SequenceEqual(back), $"round {round}, to the client");
        }
    }

    private static byte[] Content(int seed)
    {
        var content = new byte[RoundSize];
        new Random(seed).NextBytes(content);
        return content;
    }
}
