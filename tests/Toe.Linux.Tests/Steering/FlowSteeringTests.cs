using System.Net;
using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Linux.Tests.Steering;

/// <summary>Tables and life of the steering; what it does to packets is seen where a card uses it.</summary>
[SupportedOSPlatform("linux")]
public sealed class FlowSteeringTests
{
    private static readonly IPEndPoint Local = IPEndPoint.Parse("10.9.0.1:80");

    [Fact]
    public async Task Table_TakesWhatFits_AndTheSameConnectionTwice()
    {
        await using var space = await MakeAsync();
        using var steering = await AttachAsync(space, flows: 2);

        Assert.True(steering.TrySteer(Local, Peer(1)));
        Assert.True(steering.TrySteer(Local, Peer(1)));
        Assert.True(steering.TrySteer(Local, Peer(2)));
        Assert.False(steering.TrySteer(Local, Peer(3)));

        steering.Unsteer(Local, Peer(1));
        Assert.True(steering.TrySteer(Local, Peer(3)));
    }

    [Fact]
    public async Task SteeringThatHasEnded_SteersNothing()
    {
        await using var space = await MakeAsync();
        var steering = await AttachAsync(space, flows: 2);
        steering.Dispose();

        Assert.False(steering.TrySteer(Local, Peer(1)));
        Assert.False(steering.TrySteerListener(Local));
        steering.Unsteer(Local, Peer(1));
        steering.UnsteerListener(Local);
        steering.Dispose();
    }

    [Fact]
    public async Task EndpointsOfTwoFamilies_AreNoConnection()
    {
        await using var space = await MakeAsync();
        using var steering = await AttachAsync(space, flows: 2);

        Assert.Throws<ArgumentException>(() => steering.TrySteer(Local, IPEndPoint.Parse("[fd00::1]:80")));
    }

    [Fact]
    public async Task InterfaceThatIsGone_IsAnErrorOfTheKernels()
    {
        await using var space = await NetworkNamespace.CreateAsync();

        var failure = await Assert.ThrowsAsync<LinuxException>(() => space.InsideAsync(() => FlowSteering.Attach(interfaceIndex: 4242, deviceIndex: 4243, flows: 1, listeners: 1)));

        Assert.Equal("ENODEV", failure.ErrorName);
    }

    private static IPEndPoint Peer(int port) => new(IPAddress.Parse("10.9.0.2"), port);

    private static async Task<NetworkNamespace> MakeAsync()
    {
        var space = await NetworkNamespace.CreateAsync();
        await space.IpAsync("link", "add", "eth0", "type", "veth", "peer", "name", "eth1");
        return space;
    }

    private static Task<FlowSteering> AttachAsync(NetworkNamespace space, int flows) => space.InsideAsync(() =>
    {
        using var shared = EthernetInterface.Open("eth0");
        using var other = EthernetInterface.Open("eth1");
        return FlowSteering.Attach(shared.Index, other.Index, flows, listeners: 1);
    });
}
