namespace Toe.Throughput;

/// <summary>What one measurement gave.</summary>
/// <param name="Value">The measured value.</param>
/// <param name="Cpu">CPUs that the measured end used, 1 being one of them all the time.</param>
/// <param name="DriverCpu">CPUs that the driver used; 0 where there is none.</param>
internal sealed record Reading(double Value, double Cpu, double DriverCpu)
{
    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>Measures something of this process alone, on the pool: engines are driven on the threads of those who measure, never on the main one.</summary>
    public static async Task<Reading> OfThisProcessAsync(Func<Task<double>> measure)
    {
        var before = Environment.CpuUsage.TotalTime;
        var start = Time.GetTimestamp();
        var value = await Task.Run(measure);
        return new Reading(value, (Environment.CpuUsage.TotalTime - before) / Time.GetElapsedTime(start), 0);
    }
}
