using System.Net;
using System.Net.NetworkInformation;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Links;

/// <summary>A station with 10.0.0.2/24 and fd00::2/64 at 02:00:00:00:00:02, whose frames are kept.</summary>
internal sealed class StationRig : IFrameOutput
{
    internal const string Mine = "02 00 00 00 00 02";
    internal const string Peer = "02 00 00 00 00 01";
    internal const string Broadcast = "ff ff ff ff ff ff";

    private readonly LinkCounters _counters = new();
    private readonly byte[] _buffer = new byte[2000];

    internal StationRig(Func<TapLinkOptions, TapLinkOptions>? change = null, LinkOffloads? offloads = null)
    {
        var options = new TapLinkOptions
        {
            Addresses = [InterfaceAddress.Parse("10.0.0.2/24"), InterfaceAddress.Parse("fd00::2/64")],
            Gateways = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::1")],
            HardwareAddress = new PhysicalAddress([2, 0, 0, 0, 0, 2]),
        };
        options = (change?.Invoke(options) ?? options).Validated();
        Station = new EthernetStation(options, HardwareAddressValue.From(options.HardwareAddress!), 1500, offloads ?? LinkOffloads.None(1500), this, _counters);
    }

    internal EthernetStation Station { get; }

    internal List<byte[]> Frames { get; } = [];

    /// <summary>What others on the same addresses are told.</summary>
    internal List<NeighborNews> Told { get; } = [];

    internal LinkStatistics Statistics => _counters.Snapshot();

    internal TimeSpan Now { get; set; }

    /// <summary>What the last packet left to do.</summary>
    internal (int Header, int SegmentSize, bool ChecksumIsPartial) Left { get; private set; }

    public void Tell(in NeighborNews news) => Told.Add(news);

    public bool TryTransmit(ReadOnlySpan<byte> header, in OutgoingPacket payload, out LinkDropCause cause)
    {
        cause = default;
        Left = (payload.Header.Length, payload.SegmentSize, payload.ChecksumIsPartial);
        Frames.Add([.. header, .. payload.ToArray()]);
        return true;
    }

    /// <summary>Takes a frame; returns what the engine gets.</summary>
    internal byte[] Receive(string header, byte[] payload)
    {
        var length = Station.Receive(Packets.Hex(header), payload, Now);
        return payload[..length];
    }

    internal void Send(byte[] packet) => Station.Send(new OutgoingPacket(packet), Now);

    internal void Pass(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        Station.Neighbors.RunTimers(Now);
    }

    /// <summary>The only frame since the last time.</summary>
    internal byte[] OnlyFrame()
    {
        var frame = Assert.Single(Frames);
        Frames.Clear();
        return frame;
    }

    internal byte[]? Looped() => Station.TryTakeLooped(_buffer, out var packet) ? packet.Bytes.ToArray() : null;

    internal void Resolve(string address = "10.0.0.1", string hardware = Peer)
    {
        var bytes = string.Join(' ', IPAddress.Parse(address).GetAddressBytes().Select(part => part.ToString("x2",
            System.Globalization.CultureInfo.InvariantCulture)));
        Receive($"{Mine} {hardware} 0806", Packets.Hex($"0001 0800 06 04 0002 {hardware} {bytes} {Mine} 0a000002"));
    }
}
