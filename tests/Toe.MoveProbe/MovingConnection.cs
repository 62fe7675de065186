using Toe.Testing;

namespace Toe.MoveProbe;

/// <summary>Sends and checks patterned streams on a connection while it is moved at random times. The peer has the same seed.</summary>
internal sealed class MovingConnection(ToeConnection connection, string adapterId, int seed)
{
    private const int LargestCall = 100_000;

    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly Pattern _sent = new((ulong)seed << 32);
    private readonly Pattern _received = new(((ulong)seed << 32) + (1UL << 31));
    private readonly MoveReport _report = new();
    private volatile bool _isDone;

    public async Task<MoveReport> RunAsync(int moves)
    {
        var traffic = Task.WhenAll(new[] { SendAsync(), ReceiveAsync() });
        try
        {
            await MoveAsync(moves, traffic);
            _isDone = true;
            await traffic;
        }
        catch (Exception exception)
        {
            _report.Failure = exception.ToString();
        }

        return _report;
    }

    private async Task MoveAsync(int moves, Task traffic)
    {
        var random = new Random(seed);
        for (var move = 0; move < moves && !traffic.IsCompleted; move++)
        {
            await PauseAsync(random.Next(12)); // At any point of the traffic.
            var target = connection.Placement.AdapterId is null ? adapterId : null;
            var started = Time.GetTimestamp();
            var refusal = await connection.MoveAsync(target);
            if (refusal.IsNone)
            {
                _report.Moved++;
                _report.Microseconds.Add(Time.GetElapsedTime(started).TotalMicroseconds);
            }
            else
            {
                _report.Refused[refusal.ToString()] = _report.Refused.GetValueOrDefault(refusal.ToString()) + 1;
            }

            // What left the kernel is gone a moment later, when its socket is closed.
            var isOnHost = connection.Placement.AdapterId is null;
            for (var looks = 0; looks < 100 && KernelSockets.Has(connection.LocalEndPoint, connection.RemoteEndPoint) != isOnHost; looks++)
                await PauseAsync(1);
            if (KernelSockets.Has(connection.LocalEndPoint, connection.RemoteEndPoint) != isOnHost)
                _report.ListedWrongly++;
        }
    }

    private async Task SendAsync()
    {
        var random = new Random(seed + 1);
        var buffer = new byte[LargestCall];
        for (var position = 0L; !_isDone;)
        {
            var bytes = buffer.AsMemory(0, random.Next(1, LargestCall));
            _sent.Fill(bytes.Span, position);
            await connection.SendAsync(bytes);
            position += bytes.Length;
            Count(bytes.Length);
            if (random.Next(50) == 0)
                await PauseAsync(random.Next(5));
        }

        await connection.CompleteSendingAsync();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[LargestCall];
        for (var position = 0L; ;)
        {
            var count = await connection.ReceiveAsync(buffer);
            if (count == 0)
                return;
            _received.Check(buffer.AsSpan(0, count), position);
            position += count;
            Count(count);
        }
    }

    private static Task PauseAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), Time);

    private void Count(int bytes)
    {
        lock (_report)
        {
            if (connection.Placement.AdapterId is null)
                _report.BytesOnHost += bytes;
            else
                _report.BytesOnAdapter += bytes;
        }
    }
}
