using System.Net;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using Toe.Emulated.Links;
using Toe.Testing;

namespace Toe.Emulated.Tests.Card;

/// <summary>Whom a TAP link with addresses of its own reaches.</summary>
[SupportedOSPlatform("linux")]
public sealed class TapNetworkTests
{
    private static readonly InterfaceAddress[] Addresses = [Parse("10.77.0.2/24"), Parse("fd77::2/64")];

    [Theory]
    [InlineData("10.77.0.1")]
    [InlineData("fd77::1")]
    public void PeersOnItsPrefixes_AreReached(string peer) => Assert.True(Reach(peer).IsNone);

    [Fact]
    public void RouteNotThroughAdapter_beyond_its_prefixes_without_a_gateway()
    {
        Assert.True(Reach("192.0.2.1").Is(ToeReasons.RouteNotThroughAdapter));
        Assert.True(Reach("192.0.2.1", gateway: "10.77.0.1").IsNone);
        Assert.True(Reach("2001:db8::1", gateway: "10.77.0.1").Is(ToeReasons.RouteNotThroughAdapter)); // The gateway is of the other family.
    }

    [Fact]
    public void RouteLocalAddress_that_is_not_the_links() => Assert.True(Reach("10.77.0.1", local: "10.77.0.3").Is(ToeReasons.RouteLocalAddress));

    [Fact]
    public void RouteLoopback_to_its_own_address() => Assert.True(Reach("10.77.0.2").Is(ToeReasons.RouteLoopback));

    [Fact]
    public void Listener_IsServedOnItsOwnAddressesOnly()
    {
        Needs.Linux();
        var network = new TapNetwork(new EmulatedTapOptions("tap0", Addresses), [], [], new(count: 1));
        Assert.True(network.Serves(IPAddress.Parse("fd77::2")).IsNone);
        Assert.True(network.Serves(IPAddress.Any).Is(ToeReasons.RouteLocalAddress));
    }

    [Fact]
    public async Task EnvironmentDevice_when_there_is_no_such_tap()
    {
        Needs.Linux();
        await using var provider = new EmulatedProvider([new EmulatedTapOptions("toe-none", Addresses)]);

        var discovery = await provider.DiscoverAsync(new Host(), TestContext.Current.CancellationToken);

        Assert.Empty(discovery.Adapters);
        Assert.True(discovery.NotTaken.Single().Reason.Is(ToeReasons.EnvironmentDevice), discovery.NotTaken.Single().Reason.ToString());
    }

    private static ToeReason Reach(string peer, string? local = null, string? gateway = null)
    {
        Needs.Linux();
        var network = new TapNetwork(new EmulatedTapOptions("tap0", Addresses) { Gateways = gateway is null ? [] : [IPAddress.Parse(gateway)] }, [], [], new(count: 1));
        return network.Reaches(local is null ? null : IPAddress.Parse(local), new IPEndPoint(IPAddress.Parse(peer), 7), host: null);
    }

    private static InterfaceAddress Parse(string text) => InterfaceAddress.TryParse(text, out var address) ? address : throw new FormatException(text);

    private sealed class Host : IProviderHost
    {
        public Microsoft.Extensions.Logging.ILoggerFactory Logging => NullLoggerFactory.Instance;

        public TimeProvider Time => TimeProvider.System;

        public void RescanNeeded()
        {
        }
    }
}
