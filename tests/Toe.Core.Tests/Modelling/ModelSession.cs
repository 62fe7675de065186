using System.Net.Sockets;

namespace Toe.Core.Tests.Modelling;

/// <summary>One connection in a user's hands: sends, hears the echo, moves, cancels, half-closes, aborts. Every byte is the right one, or the connection ends with an error that a user can name.</summary>
internal sealed class ModelSession(ToeConnection connection, int seed, TimeProvider time, IReadOnlyList<string> targets)
{
    private readonly Random _random = new(seed);
    private readonly List<Task<ToeReason>> _moves = [];
    private volatile string _doing = "begins";

    /// <summary>For whoever waits for the session in vain.</summary>
    public override string ToString() => $"{_doing} on {connection.Placement}, {connection.GetInfo()}, {_moves.Count(move => !move.IsCompleted)} moves under way";

    public async Task RunAsync()
    {
        try
        {
            CheckPlacement();
            for (var turns = _random.Next(1, 20); turns > 0; turns--)
            {
                if (!await TurnAsync())
                    return;
                _doing = "pauses";
                await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(1000)), time, TestContext.Current.CancellationToken);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Lost, reset or closed: named, and no byte was wrong until then.
        }
        finally
        {
            _doing = "closes";
            if (_random.Next(4) == 0)
                connection.Abort();
            await connection.DisposeAsync();
            _doing = "waits for its moves";
            await ForMovesAsync();
            _doing = "is done";
        }
    }

    private void CheckPlacement()
    {
        var placement = connection.Placement;
        Assert.True(placement.AdapterId is not null || !placement.Reason.IsNone, "A host placement without a reason.");
        Assert.True(placement.AdapterId is null || connection.Trace.AdapterId is not null, $"On {placement.AdapterId}, and its trace does not say so: {connection.Trace}");
    }

    private async Task<bool> TurnAsync()
    {
        switch (_random.Next(12))
        {
            case < 6:
                await EchoAsync(_random.Next(1, 6000));
                return true;
            case 6:
                await CancelledReceiveAsync();
                return true;
            case 7 or 8 or 9:
                _moves.Add(connection.MoveAsync(targets[_random.Next(targets.Count)], TestContext.Current.CancellationToken).AsTask());
                await EchoAsync(_random.Next(1, 60_000)); // More than a wire holds: the move meets it in the middle.
                return true;
            case 10:
                _doing = "completes sending";
                await connection.CompleteSendingAsync(TestContext.Current.CancellationToken);
                _doing = "waits for the end";
                Assert.Equal(0, await connection.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken)); // The echo ends too.
                return false;
            default:
                connection.Abort();
                return false;
        }
    }

    private async Task EchoAsync(int size)
    {
        var sent = new byte[size];
        _random.NextBytes(sent);
        var sending = connection.SendAsync(sent, TestContext.Current.CancellationToken).AsTask();
        try
        {
            var buffer = new byte[_random.Next(1, 5000)];
            for (var heard = 0; heard < size;)
            {
                _doing = $"has heard {heard} of {size}, {(sending.IsCompleted ? "all sent" : "sending")}";
                var received = await connection.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
                Assert.True(received > 0, $"The stream ended after {heard} of {size} bytes, on {connection.Placement}.");
                Assert.True(buffer.AsSpan(0, received).SequenceEqual(sent.AsSpan(heard, received)), $"Wrong bytes at {heard} of {size}, on {connection.Placement}.");
                heard += received;
            }
        }
        catch
        {
            _doing = "gives the send up";
            connection.Abort(); // Whatever ended the receive ends the send.
            await Task.WhenAny(sending);
            throw;
        }

        await sending;
    }

    private async Task CancelledReceiveAsync()
    {
        using var cancel = new CancellationTokenSource();
        var receiving = connection.ReceiveAsync(new byte[8], cancel.Token).AsTask();
        _doing = "cancels a receive";
        await cancel.CancelAsync();
        try
        {
            Assert.Fail($"{await receiving} bytes out of nothing.");
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
    }

    private async Task ForMovesAsync()
    {
        foreach (var move in _moves)
        {
            try
            {
                await move;
            }
            catch (ObjectDisposedException)
            {
                // Closed meanwhile.
            }
        }
    }
}
