namespace Toe.Throughput;

/// <summary>Where the two ends of a measurement run: apart.</summary>
internal static class Cpu
{
    /// <summary>The driver's CPU.</summary>
    public const int Driver = 0;

    /// <summary>The CPU of the end that is measured.</summary>
    public const int End = 1;
}
