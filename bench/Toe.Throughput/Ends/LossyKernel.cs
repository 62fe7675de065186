using System.Globalization;
using System.Net;

namespace Toe.Throughput.Ends;

/// <summary>The kernel's TCP behind a line with faults.</summary>
/// <param name="address">Where it listens.</param>
/// <param name="server">The process that does.</param>
/// <param name="line">The process that is the line.</param>
internal sealed class LossyKernel(IPAddress address, Child server, Child line) : IEnd
{
    public string Name => "kernel to kernel";

    public IPAddress Address => address;

    /// <summary>Begins the faults of a seed.</summary>
    public Task SeedAsync(long seed) => line.AskAsync(seed.ToString(CultureInfo.InvariantCulture));

    public Task<Child> BeginAsync(Mode mode) => Task.FromResult(server);

    public Task<string> DescribeAsync() => Task.FromResult("");

    public ValueTask FinishAsync(Child child) => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await line.DisposeAsync();
    }
}
