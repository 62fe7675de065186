namespace Toe;

/// <summary>On an adapter that counts by itself what it carries.</summary>
public interface IReportsCounters
{
    /// <summary>The counters of the last reading; empty when they could not be read. Never blocks.</summary>
    IReadOnlyList<AdapterCounter> Counters { get; }
}
