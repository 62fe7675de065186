using System.Net.Sockets;
using Toe.Testing;

namespace Toe.Moves;

/// <summary>The peer of a connection that is moved: asks, waits for the answer, checks it, and asks again, on a thread of its own.</summary>
internal sealed class EchoPeer(Socket socket, int seed)
{
    /// <summary>Runs until the moves are done, and ends the connection.</summary>
    public async Task RunAsync(Task moved)
    {
        var settled = SettleAsync(moved);
        await Task.Factory.StartNew(() => Run(settled), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static async Task SettleAsync(Task moved)
    {
        await moved;
        await Task.Delay(Echo.Settling, TimeProvider.System);
    }

    private void Run(Task settled)
    {
        var (request, answer) = (new byte[Echo.Request], new byte[Echo.LargestAnswer]);
        var pattern = new Pattern(Traffic.FromMoved(seed));
        var position = 0L;
        foreach (var size in Echo.Answers(seed))
        {
            if (settled.IsCompleted)
                break;
            socket.Send(request);
            for (var received = 0; received < size;)
            {
                var count = socket.Receive(answer, received, size - received, SocketFlags.None);
                received += count > 0 ? count : throw new InvalidDataException($"the stream ended behind {position + received} bytes");
            }

            pattern.Check(answer.AsSpan(0, size), position);
            position += size;
        }

        socket.Shutdown(SocketShutdown.Send);
        if (socket.Receive(answer) != 0)
            throw new InvalidDataException("there is more than was asked for");
    }
}
