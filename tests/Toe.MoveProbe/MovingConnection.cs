using Toe.Testing;

namespace Toe.MoveProbe;

/// <summary>Sends and checks patterned streams on a connection while it is moved at random times. The peer has the same seed.</summary>
internal sealed class MovingConnection(ToeConnection connection, string adapterId, Traffic traffic, MoveReport report)
{
    private const int MostPauses = 30; // For one move.

    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly Pattern _sent = new(Traffic.FromMoved(report.Seed));
    private readonly Pattern _received = new(Traffic.FromPeer(report.Seed));
    private volatile bool _endsSending;

    /// <summary>Runs to the end of both streams.</summary>
    /// <param name="moves">How many moves.</param>
    /// <param name="moved">Told when all moves are done: the peer then ends its stream.</param>
    public async Task RunAsync(int moves, Action moved)
    {
        var traffics = Task.WhenAll(new[] { SendAsync(), ReceiveAsync() });
        try
        {
            await MoveAsync(moves, traffics);
            moved();
            _endsSending = true;
            await traffics;
        }
        catch (Exception exception)
        {
            report.Failure = exception.ToString();
        }
    }

    private async Task MoveAsync(int moves, Task traffics)
    {
        var random = new Random(report.Seed);
        var endsBefore = traffic.Ending == TrafficEnding.MovedEarly ? random.Next(moves) : moves;
        for (var move = 0; move < moves && !traffics.IsCompleted; move++)
        {
            _endsSending |= move >= endsBefore;
            await PauseAsync(random.Next(12)); // At any point of the traffic.
            for (var pauses = 0; pauses < MostPauses && report.IsBehind(onHost: connection.Placement.AdapterId is null); pauses++)
                await PauseAsync(1);
            await new Move(connection, adapterId, report).RunAsync();
        }
    }

    private async Task SendAsync()
    {
        var random = new Random(report.Seed + 1);
        var buffer = new byte[traffic.LargestCall];
        for (var position = 0L; !_endsSending;)
        {
            var bytes = buffer.AsMemory(0, random.Next(1, buffer.Length));
            _sent.Fill(bytes.Span, position);
            await connection.SendAsync(bytes);
            position += bytes.Length;
            Count(bytes.Length);
            if (random.Next(traffic.PauseOneIn) == 0)
                await PauseAsync(random.Next(traffic.LongestPause));
        }

        await connection.CompleteSendingAsync();
    }

    private async Task ReceiveAsync()
    {
        var random = new Random(report.Seed + 2);
        var buffer = new byte[traffic.LargestCall];
        for (var position = 0L; ;)
        {
            var count = await connection.ReceiveAsync(buffer);
            if (count == 0)
                return;
            _received.Check(buffer.AsSpan(0, count), position);
            position += count;
            Count(count);
            if (random.Next(traffic.PauseOneIn) == 0)
                await PauseAsync(random.Next(traffic.LongestPause));
        }
    }

    private static Task PauseAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), Time);

    private void Count(int bytes) => report.Count(bytes, onHost: connection.Placement.AdapterId is null);
}
