using System.Net.Sockets;
using Toe.Testing;

namespace Toe.Moves;

/// <summary>The peer of a connection that is moved: sends and checks the streams of its seed, on two threads of its own.</summary>
internal sealed class VariedPeer(Socket socket, int seed)
{
    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly Traffic _traffic = Traffic.Of(seed);
    private volatile bool _endsSending;

    /// <summary>Runs to the end of both streams.</summary>
    /// <param name="moved">Completes when all moves are done.</param>
    /// <exception cref="SocketException">The connection ended otherwise.</exception>
    /// <exception cref="InvalidDataException">A byte is wrong.</exception>
    public async Task RunAsync(Task moved)
    {
        var (sending, receiving) = (SendAsync(), ReceiveAsync());
        await Task.WhenAny(moved, sending, receiving); // What fails is thrown below.
        if (sending.IsFaulted || receiving.IsFaulted)
            socket.Close();
        else
            await moved;
        _endsSending = true;
        await Task.WhenAll(sending, receiving);
    }

    private async Task SendAsync()
    {
        var random = new Random(seed + 3);
        var pattern = new Pattern(Traffic.FromPeer(seed));
        var buffer = new byte[_traffic.LargestCall];
        var mostCalls = _traffic.Ending == TrafficEnding.PeerEarly ? random.Next(2000) : int.MaxValue;
        var position = 0L;
        for (var calls = 0; calls < mostCalls && !_endsSending; calls++)
        {
            var bytes = buffer.AsMemory(0, random.Next(1, buffer.Length));
            pattern.Fill(bytes.Span, position);
            await socket.SendAsync(bytes);
            position += bytes.Length;
            await MayPauseAsync(random);
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private async Task ReceiveAsync()
    {
        var random = new Random(seed + 4);
        var pattern = new Pattern(Traffic.FromMoved(seed));
        var buffer = new byte[_traffic.LargestCall];
        for (var position = 0L; ;)
        {
            var count = await socket.ReceiveAsync(buffer);
            if (count == 0)
                return;
            pattern.Check(buffer.AsSpan(0, count), position);
            position += count;
            await MayPauseAsync(random);
        }
    }

    private async Task MayPauseAsync(Random random)
    {
        if (random.Next(_traffic.PauseOneIn) == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(_traffic.LongestPause)), Time);
    }
}
