using Toe.Testing;

namespace Toe.MoveProbe;

/// <summary>Answers each request of the peer with a page while the connection is moved: the peer's clock then tells how long a move holds it up.</summary>
internal sealed class EchoingConnection(ToeConnection connection, string adapterId, MoveReport report)
{
    private static readonly TimeProvider Time = TimeProvider.System;

    private volatile bool _isMoving;

    /// <summary>Runs until the peer has asked for the last time.</summary>
    /// <param name="moves">How many moves.</param>
    /// <param name="moved">Told when all moves are done.</param>
    public async Task RunAsync(int moves, Action moved)
    {
        var answering = AnswerAsync();
        try
        {
            await Task.Delay(Echo.Settling, Time);
            _isMoving = true;
            var random = new Random(report.Seed);
            for (var move = 0; move < moves && !answering.IsCompleted; move++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(5, 15)), Time);
                await new Move(connection, adapterId, report).RunAsync();
            }

            _isMoving = false;
            moved();
            await answering;
        }
        catch (Exception exception)
        {
            report.Failure = exception.ToString();
        }
    }

    private async Task AnswerAsync()
    {
        var pattern = new Pattern(Traffic.FromMoved(report.Seed));
        var (request, buffer) = (new byte[Echo.Request], new byte[Echo.LargestAnswer]);
        var position = 0L;
        foreach (var size in Echo.Answers(report.Seed))
        {
            for (var received = 0; received < Echo.Request;)
            {
                var count = await connection.ReceiveAsync(request.AsMemory(received));
                if (count == 0)
                {
                    await connection.CompleteSendingAsync();
                    return;
                }

                received += count;
            }

            pattern.Fill(buffer.AsSpan(0, size), position);
            await connection.SendAsync(buffer.AsMemory(0, size));
            position += size;
            if (_isMoving)
                report.Count(Echo.Request + size, onHost: connection.Placement.AdapterId is null);
        }
    }
}
