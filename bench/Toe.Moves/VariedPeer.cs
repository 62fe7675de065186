using System.Net.Sockets;
using Toe.Testing;

namespace Toe.Moves;

/// <summary>The peer of a connection that is moved: sends and checks the streams of its seed, on two threads of its own.</summary>
internal sealed class VariedPeer(Socket socket, int seed) : IDisposable
{
    private readonly Traffic _traffic = Traffic.Of(seed);
    private readonly ManualResetEventSlim _endsSending = new();

    /// <summary>Runs to the end of both streams.</summary>
    /// <param name="moved">Completes when all moves are done.</param>
    /// <exception cref="SocketException">The connection ended otherwise.</exception>
    /// <exception cref="InvalidDataException">A byte is wrong.</exception>
    public async Task RunAsync(Task moved)
    {
        var (sending, receiving) = (OnThread(Send), OnThread(Receive)); // The pool's two threads must not be theirs.
        await Task.WhenAny(moved, sending, receiving); // What fails is thrown below.
        if (sending.IsFaulted || receiving.IsFaulted)
            socket.Close();
        else
            await moved;
        _endsSending.Set();
        await Task.WhenAll(sending, receiving);
    }

    public void Dispose() => _endsSending.Dispose();

    private static Task OnThread(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Send()
    {
        var random = new Random(seed + 3);
        var pattern = new Pattern(Traffic.FromPeer(seed));
        var buffer = new byte[_traffic.LargestCall];
        var mostCalls = _traffic.Ending == TrafficEnding.PeerEarly ? random.Next(2000) : int.MaxValue;
        var position = 0L;
        for (var calls = 0; calls < mostCalls && !_endsSending.IsSet; calls++)
        {
            var bytes = buffer.AsSpan(0, random.Next(1, buffer.Length));
            pattern.Fill(bytes, position);
            socket.Send(bytes);
            position += bytes.Length;
            MayPause(random);
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private void Receive()
    {
        var random = new Random(seed + 4);
        var pattern = new Pattern(Traffic.FromMoved(seed));
        var buffer = new byte[_traffic.LargestCall];
        for (var position = 0L; ;)
        {
            var count = socket.Receive(buffer);
            if (count == 0)
                return;
            pattern.Check(buffer.AsSpan(0, count), position);
            position += count;
            MayPause(random);
        }
    }

    private void MayPause(Random random)
    {
        if (random.Next(_traffic.PauseOneIn) == 0)
            _endsSending.Wait(random.Next(_traffic.LongestPause));
    }
}
