using System.Net;

namespace Toe.Throughput.Ends;

/// <summary>What the driver opens connections to: one TCP on one link.</summary>
internal interface IEnd : IAsyncDisposable
{
    /// <summary>How the report calls it.</summary>
    string Name { get; }

    IPAddress Address { get; }

    /// <summary>Gives the process that listens, before a measurement.</summary>
    Task<Child> BeginAsync(Mode mode);

    /// <summary>What the end says of the path that its packets took; may be empty.</summary>
    Task<string> DescribeAsync();

    /// <summary>Takes it back behind the measurement.</summary>
    ValueTask FinishAsync(Child child);
}
