using System.Globalization;
using Toe;

namespace LiveMigration;

/// <summary>Moves a connection to and fro between an adapter and the host stack, at an even pace, and tells of it.</summary>
internal sealed class Mover(ToeConnection connection, string adapterId)
{
    private const int ShowKernelEach = 60;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>Moves that were done.</summary>
    public int Done { get; private set; }

    /// <summary>Looks at the kernel's sockets that did not show what the placement says.</summary>
    public int Contradictions { get; private set; }

    public async Task RunAsync(Task until)
    {
        using var turns = new PeriodicTimer(Pace);
        for (var number = 1; await turns.WaitForNextTickAsync() && !until.IsCompleted; number++)
        {
            var shows = number % ShowKernelEach is 1 or 2; // One move each way.
            if (shows)
                await ShowKernelAsync();
            await MoveAsync(number);
            if (shows)
                await ShowKernelAsync();
        }
    }

    private async Task MoveAsync(int number)
    {
        var from = connection.Placement;
        var started = Time.GetTimestamp();
        var refusal = await connection.MoveAsync(from.IsHostStack ? adapterId : null);
        var took = Time.GetElapsedTime(started).TotalMilliseconds;
        var now = connection.Placement;
        if (refusal.IsNone)
            Done++;
        var what = refusal.IsNone ? $"{Name(from),-13} -> {Name(now),-13}  {now.Reason.Name}" : $"stays on {Name(now)}: {refusal}";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{now.Since.ToLocalTime():HH:mm:ss.fff}  move {number,3}  {what}  {took,6:0.00} ms, {connection.GetInfo().BytesSent >> 20,4} MiB sent"));
    }

    private async Task ShowKernelAsync()
    {
        var (shown, isRight) = await KernelSockets.LookAsync(connection);
        Console.WriteLine($"              {shown}{(isRight ? "" : "  WRONG")}");
        if (!isRight)
            Contradictions++;
    }

    private static string Name(Placement placement) => placement.AdapterId ?? "host stack";
}
