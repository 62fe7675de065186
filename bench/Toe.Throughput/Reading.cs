namespace Toe.Throughput;

/// <summary>What one measurement gave.</summary>
/// <param name="Value">The measured value.</param>
/// <param name="Cpu">CPUs that the measured end used, 1 being one of them all the time.</param>
/// <param name="DriverCpu">CPUs that the driver used; 0 where there is none.</param>
internal sealed record Reading(double Value, double Cpu, double DriverCpu);
