using System.Net;

namespace Toe.Throughput.Ends;

/// <summary>The kernel's TCP on an interface that it shares with an engine, which has nothing to do.</summary>
/// <param name="address">Where the kernel listens.</param>
/// <param name="server">The process that does.</param>
/// <param name="engine">The process that steers.</param>
internal sealed class SteeredKernel(IPAddress address, Child server, Child engine) : IEnd
{
    public string Name => "kernel, veth with steering";

    public IPAddress Address => address;

    public Task<Child> BeginAsync(Mode mode) => Task.FromResult(server);

    public Task<string> DescribeAsync() => Task.FromResult("");

    public ValueTask FinishAsync(Child child) => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await engine.DisposeAsync();
    }
}
