using System.Buffers.Binary;

namespace Toe.Conformance.Suites;

/// <summary>Packets that the host's own captures never see.</summary>
internal sealed class CaptureSuite : Suite
{
    [Requirement("TOE-CAPT-001", "A capture gives what is sent and what is received, each with its direction.", Source = "ICapturesPackets.StartCaptureAsync", Covers = ["ICaptureReceiver.Captured", "CaptureResult.Capture", "CaptureResult.Refusal"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Both_DirectionsAreGiven()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var (capture, packets) = await StartAsync();
        await TalkAsync(ours, theirs);
        await Bench.UntilAsync(() => packets.Holds("out of us", isOutbound: true), "what was sent was not captured");
        await Bench.UntilAsync(() => packets.Holds("into us", isOutbound: false), "what was received was not captured");
        await capture.DisposeAsync();
    }

    [Requirement("TOE-CAPT-002", "A capture that was disposed gives nothing more.", Source = "CaptureResult.Capture", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Disposed_GivesNothing()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var (capture, packets) = await StartAsync();
        await TalkAsync(ours, theirs);
        await capture.DisposeAsync();
        var before = packets.Packets.Count;
        await TalkAsync(ours, theirs);
        Check.Equal(before, packets.Packets.Count);
    }

    [Requirement("TOE-CAPT-003", "Several captures run at once, and each gets everything.", Source = "ICapturesPackets.StartCaptureAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Several_RunAtOnce()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var (first, one) = await StartAsync();
        var (second, other) = await StartAsync();
        await TalkAsync(ours, theirs);
        await Bench.UntilAsync(() => one.Holds("into us", isOutbound: false) && other.Holds("into us", isOutbound: false), "one of two captures did not get it");
        await first.DisposeAsync();
        await TalkAsync(ours, theirs);
        await second.DisposeAsync();
    }

    [Requirement("TOE-CAPT-004", "How captured packets begin is known, and stays the same.", Source = "ICapturesPackets.CaptureLinkType", Covers = ["CaptureLinkType.Ethernet", "CaptureLinkType.RawIp"], IsControlOnly = true)]
    public async Task LinkType_IsKnown()
    {
        var capturing = Capturing();
        var before = capturing.CaptureLinkType;
        Check.That(Enum.IsDefined(before), $"it is {before}");
        await Adapter.RefreshAsync(Stop);
        Check.Equal(before, capturing.CaptureLinkType);
    }

    [Requirement("TOE-CAPT-005", "A capture can be disposed twice.", Source = "CaptureResult.Capture")]
    public async Task Disposal_MayRepeat()
    {
        var (capture, _) = await StartAsync();
        await capture.DisposeAsync();
        await capture.DisposeAsync();
    }

    [Requirement("TOE-CAPT-006", "A captured packet begins as its link type says, with the addresses of the connection.", Source = "ICaptureReceiver.Captured", Covers = ["CaptureLinkType.RawIp", "CaptureLinkType.Ethernet"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Packets_BeginAsTheyShould()
    {
        const int EthernetHeader = 14, EtherType = 12, IPv4 = 0x0800, SourceAddress = 12, DestinationAddress = 16;
        var (ours, theirs) = await Bench.ConnectAsync();
        var (capture, packets) = await StartAsync();
        await TalkAsync(ours, theirs);
        await Bench.UntilAsync(() => packets.Holds("out of us", isOutbound: true), "what was sent was not captured");
        await capture.DisposeAsync();
        var start = Capturing().CaptureLinkType == CaptureLinkType.Ethernet ? EthernetHeader : 0;
        foreach (var (isOutbound, bytes) in packets.Packets)
        {
            Check.That(bytes.Length >= start + 20, $"a packet has {bytes.Length} bytes");
            if (start > 0 && BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(EtherType)) is 0x0806 or 0x86DD)
                continue; // ARP, or IPv6, whose neighbours are asked for on such links.
            Check.That(start == 0 || BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(EtherType)) == IPv4, "a packet begins with no Ethernet header");
            Check.Equal(4, bytes[start] >> 4);
            var source = new System.Net.IPAddress(bytes.AsSpan(start + (isOutbound ? SourceAddress : DestinationAddress), 4));
            Check.Equal(ours.Raw.LocalEndPoint.Address, source);
        }
    }

    private ICapturesPackets Capturing() => Adapter as ICapturesPackets ?? throw new NotOfferedException("it shows no packets");

    private async Task<(IAsyncDisposable Capture, PacketLog Packets)> StartAsync()
    {
        var packets = new PacketLog();
        var result = await Capturing().StartCaptureAsync(packets, Stop);
        Check.That(result.Capture is null != result.Refusal.IsNone, "a capture is answered with one or with a reason, and never with both or neither");
        return result.Capture is { } capture ? (Bench.Own(capture), packets) : throw new RefusedException("the capture", result.Refusal);
    }

    private async Task TalkAsync(TestedSocket ours, IPeerConnection theirs)
    {
        await ours.SendAsync("out of us"u8.ToArray());
        Check.Text("out of us", await theirs.ReadAsync(9, Stop));
        await theirs.SendAsync("into us"u8.ToArray(), Stop);
        Check.Text("into us", await ours.ReadAsync(7));
    }
}
