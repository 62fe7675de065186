namespace Toe.MoveProbe;

/// <summary>One move of a connection to where it is not, and whether the kernel agrees.</summary>
internal sealed class Move(ToeConnection connection, string adapterId, MoveReport report)
{
    private const int MostLooks = 100;

    private static readonly TimeProvider Time = TimeProvider.System;

    private bool IsOnHost => connection.Placement.AdapterId is null;

    private bool IsListedRightly => KernelSockets.Has(connection.LocalEndPoint, connection.RemoteEndPoint) == IsOnHost;

    public async Task RunAsync()
    {
        var (began, started) = (Time.GetUtcNow() - DateTimeOffset.UnixEpoch, Time.GetTimestamp());
        var refusal = await connection.MoveAsync(IsOnHost ? adapterId : null);
        if (!refusal.IsNone)
        {
            report.Refused[refusal.ToString()] = report.Refused.GetValueOrDefault(refusal.ToString()) + 1;
            return;
        }

        report.Moved++;
        report.Began.Add((long)began.TotalMicroseconds);
        report.Microseconds.Add(Math.Round(Time.GetElapsedTime(started).TotalMicroseconds, 1));
        // What left the kernel is gone a moment later, when its socket is closed.
        for (var looks = 0; looks < MostLooks && !IsListedRightly; looks++)
            await Task.Delay(TimeSpan.FromMilliseconds(1), Time);
        if (!IsListedRightly)
            report.ListedWrongly++;
    }
}
