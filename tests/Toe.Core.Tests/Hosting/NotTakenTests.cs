using Toe.Core.Tests.Scripted;
using Toe.Emulated;
using Toe.Emulated.Links;
using Toe.Testing;

namespace Toe.Core.Tests.Hosting;

/// <summary>Devices that a provider saw and could not take, each with its reason; the stack runs on without them.</summary>
public sealed class NotTakenTests
{
    [Fact]
    public async Task EnvironmentDevice_of_a_link_that_is_not_there()
    {
        Needs.Linux();
        Needs.That(File.Exists("/dev/net/tun"), "needs /dev/net/tun");
        var provider = new EmulatedProvider([new EmulatedTapOptions("toe-absent0", [InterfaceAddress.Parse("10.255.0.2/24")])]);
        await using var bench = StackBench.Create([], [provider], []);
        await bench.Stack.StartAsync(TestContext.Current.CancellationToken);

        var missing = Assert.Single(bench.Stack.NotTaken);

        Assert.Equal("toe-absent0", missing.Device);
        Assert.True(missing.Reason.Is(ToeReasons.EnvironmentDevice), missing.Reason.ToString());
        Assert.Empty(bench.Stack.Adapters);
        using var server = StackBench.HostServer();
        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);
        Assert.Null(connection.Placement.AdapterId);
    }
}
