using Microsoft.Extensions.Time.Testing;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;
using Toe.Testing;

namespace Toe.Emulated.Tests.Links;

public sealed class CapturingLinkTests
{
    private const int Headers = 60;
    private const int Overhead = 44;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(0x1_2345_6789));
    private readonly Fabric _fabric = new();
    private readonly byte[] _buffer = new byte[65535];
    private readonly byte[] _packet = Packets.Tcp("10.0.0.9:5", "10.0.0.1:80", 1, 2, 3);

    [Fact]
    public void Is_written_as_the_format_says()
    {
        var stream = new MemoryStream();
        using (var link = new CapturingLink(_fabric.Attach(), stream, timeProvider: _time))
            link.Send(new OutgoingPacket(_packet.AsSpan(0, 40), _packet.AsSpan(40, 1), _packet.AsSpan(41), 0, false));

        var time = BitConverter.GetBytes(0x1_2345_6789L * 100);
        byte[] expected =
        [
            .. Packets.Hex("""
                0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000
                01000000 20000000 6500 0000 00000000 0900 0100 09 000000 0000 0000 20000000
                06000000 58000000 00000000
                """),
            .. time[4..], .. time[..4],
            .. Packets.Hex("2b000000 2b000000"), .. _packet, 0, // 43 bytes and the padding.
            .. Packets.Hex("0200 0400 02000000 0000 0000 58000000"),
        ];
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void Writes_before_it_waits()
    {
        var stream = new MemoryStream();
        using var port = Receiver();
        using var link = new CapturingLink(port, stream, timeProvider: _time);
        using var sender = _fabric.Attach();
        sender.Send(_packet);

        Assert.Equal(_packet, link.Take(_buffer));
        Assert.Equal(0, stream.Length);
        link.Wait(TimeSpan.FromTicks(1));

        Assert.Equal(Headers + Overhead + 44, stream.Length);
        Assert.Equal(1, stream.ToArray()[^12]); // Inbound.
    }

    [Fact]
    public void Ends_at_its_limit_and_the_link_goes_on()
    {
        var stream = new MemoryStream();
        var ends = new List<(CaptureState, Exception?)>();
        using var link = new CapturingLink(Receiver(), stream, Headers + 2 * (Overhead + 44), _time);
        link.Ended += (state, failure) => ends.Add((state, failure));

        for (var count = 0; count < 5; count++)
        {
            link.Send(_packet);
            Assert.Equal(_packet, link.Take(_buffer));
        }

        Assert.Equal((CaptureState.Full, Headers + 2 * (Overhead + 44)), (link.State, stream.ToArray().Length));
        Assert.Equal([(CaptureState.Full, null)], ends);
    }

    [Fact]
    public void A_stream_that_fails_ends_the_capture_and_not_the_link()
    {
        var ends = new List<(CaptureState State, Exception? Failure)>();
        using var link = new CapturingLink(Receiver(), new FullDisk(), timeProvider: _time);
        link.Ended += (state, failure) => ends.Add((state, failure));
        link.Send(_packet);

        link.Wait(TimeSpan.FromTicks(1));
        link.Send(_packet);

        Assert.Equal(CaptureState.Failed, link.State);
        Assert.Same(link.Failure, Assert.IsType<IOException>(Assert.Single(ends).Failure));
        Assert.Equal(_packet, link.Take(_buffer));
        Assert.Equal(_packet, link.Take(_buffer));
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        using var link = new CapturingLink(Receiver(), Stream.Null);
        void Round()
        {
            for (var count = 0; count < 100; count++)
            {
                link.Send(_packet);
                link.TryReceive(_buffer, out _);
            }
        }

        Round();
        Assert.Equal(0, Allocations.LeastOf(Round));
    }

    [Fact]
    public void A_limit_without_room_for_the_header_is_refused()
    {
        using var port = _fabric.Attach();
        Assert.Throws<ArgumentOutOfRangeException>(() => new CapturingLink(port, Stream.Null, Headers - 1));
    }

    private FabricPort Receiver()
    {
        var port = _fabric.Attach();
        Assert.True(port.TryClaim(Packets.At("10.0.0.1:80")));
        return port;
    }

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("No space left on device");
    }
}
