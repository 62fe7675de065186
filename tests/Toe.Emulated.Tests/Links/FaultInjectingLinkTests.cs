using Microsoft.Extensions.Time.Testing;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;
using Toe.Emulated.Tests.Tcp;
using Toe.Testing;

namespace Toe.Emulated.Tests.Links;

public sealed class FaultInjectingLinkTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Fabric _fabric = new(new FabricOptions { Mtu = 1500 });
    private readonly byte[] _buffer = new byte[1500];
    private readonly byte[] _packet = Packets.Tcp("10.0.0.9:5", "10.0.0.1:80", 1, 2, 3);

    [Fact]
    public void Delays_what_is_sent()
    {
        using var receiver = Receiver();
        using var link = new FaultInjectingLink(_fabric.Attach(), new LinkFaults { Delay = TimeSpan.FromMilliseconds(10) },
            timeProvider: _time);

        link.Send(_packet);
        link.Wait(TimeSpan.Zero);
        Assert.False(receiver.TryReceive(_buffer, out _));
        _time.Advance(TimeSpan.FromMilliseconds(10));
        // A delivery that is due ends a wait without limit at once.
        link.Wait(TimeSpan.Zero);

        Assert.Equal(_packet, receiver.Take(_buffer));
    }

    [Fact]
    public void Delays_what_is_received_and_wakes_for_it()
    {
        using var link = new FaultInjectingLink(Receiver(), LinkFaults.None, new LinkFaults { Delay = TimeSpan.FromMilliseconds(10) },
            _time);
        using var sender = _fabric.Attach();
        sender.Send(_packet);

        Assert.False(link.TryReceive(_buffer, out _));
        _time.Advance(TimeSpan.FromMilliseconds(10));
        link.Wait(Timeout.InfiniteTimeSpan);

        Assert.True(link.TryReceive(_buffer, out _));
        Assert.Equal(1, link.IncomingFaults.Delivered);
    }

    [Fact]
    public void Faults_can_be_changed_while_it_runs()
    {
        using var receiver = Receiver();
        using var link = new FaultInjectingLink(_fabric.Attach(), LinkFaults.None, timeProvider: _time);
        link.SetFaults(new LinkFaults { Loss = 1 });
        link.Send(_packet);
        link.SetFaults(LinkFaults.None);
        link.Send(_packet);

        Assert.True(receiver.TryReceive(_buffer, out _));
        Assert.False(receiver.TryReceive(_buffer, out _));
        Assert.Equal((2, 1), (link.OutgoingFaults.Sent, link.OutgoingFaults.Lost));
        Assert.Throws<ArgumentOutOfRangeException>(() => link.SetFaults(new LinkFaults { Loss = 2 }));
    }

    [Theory]
    [InlineData("10.0.0.9:5", "10.0.0.1:80")]
    [InlineData("[fd00::9]:5", "[fd00::1]:80")]
    public void Gives_what_comes_without_a_checksum_one(string source, string destination)
    {
        var port = _fabric.Attach();
        Assert.True(port.TryClaim(Packets.At(destination)));
        using var link = new FaultInjectingLink(port, LinkFaults.None, LinkFaults.None, _time);
        using var sender = _fabric.Attach();
        var packet = Packets.Tcp(source, destination, 1, 2, 3);
        var start = packet.Length - 23;
        packet[start + 16] = 0x55; // Whatever a partial sum leaves there.

        sender.Send(new OutgoingPacket(packet, default, default, 0, checksumIsPartial: true));

        Assert.True(link.TryReceive(_buffer, out var received));
        Assert.Equal((packet.Length, false), (received.Length, received.ChecksumIsVerified));
        TestSegment.Parse(received.Bytes); // Which checks the sum.
        Assert.Equal(LinkOffloads.None(1500), link.Offloads);
    }

    [Fact]
    public void Owns_the_link_it_wraps_and_passes_its_state_on()
    {
        var port = Receiver();
        var link = new FaultInjectingLink(port, LinkFaults.None, timeProvider: _time);
        var told = new List<bool>();
        link.StateChanged += told.Add;

        Assert.True(link.IsUp);
        Assert.Equal(1500, link.Mtu);
        link.Dispose();

        Assert.False(port.IsUp);
        Assert.Equal([false], told);
        Assert.False(_fabric.IsClaimed(Packets.At("10.0.0.1:80")));
    }

    [Fact]
    public void In_steady_state_nothing_is_allocated_per_packet()
    {
        using var receiver = Receiver();
        using var link = new FaultInjectingLink(_fabric.Attach(), new LinkFaults { Loss = 0.1, Duplication = 0.1 }, timeProvider: _time);
        void Round()
        {
            for (var count = 0; count < 100; count++)
            {
                link.Send(_packet);
                while (receiver.TryReceive(_buffer, out _))
                {
                }
            }
        }

        Round();
        Assert.Equal(0, Allocations.LeastOf(Round));
    }

    private FabricPort Receiver()
    {
        var port = _fabric.Attach();
        Assert.True(port.TryClaim(Packets.At("10.0.0.1:80")));
        return port;
    }
}
