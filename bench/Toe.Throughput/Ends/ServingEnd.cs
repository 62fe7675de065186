using System.Net;

namespace Toe.Throughput.Ends;

/// <summary>An end of ours: one process for all measurements of a row.</summary>
internal sealed class ServingEnd(string name, IPAddress address, Child child) : IEnd
{
    public string Name => name;

    public IPAddress Address => address;

    public Task<Child> BeginAsync(Mode mode) => Task.FromResult(child);

    public Task<string> DescribeAsync() => child.AskAsync("path");

    public ValueTask FinishAsync(Child measured) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => child.DisposeAsync();
}
