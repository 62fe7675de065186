using System.Net.NetworkInformation;

namespace Toe.Conformance.Suites;

/// <summary>What an adapter tells about a connection.</summary>
internal sealed class InfoSuite : Suite
{
    [Requirement("TOE-INFO-001", "A connected socket tells that it is established, or nothing.", Source = "AdapterSocketInfo.State", Covers = ["IToeAdapterSocket.GetInfo"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task State_IsEstablished()
    {
        var (ours, _) = await Bench.ConnectAsync();
        var state = ours.Raw.GetInfo().State;
        Check.That(state is TcpState.Established or TcpState.Unknown, $"the state is {state}");
    }

    [Requirement("TOE-INFO-002", "The state follows the ends of both streams.", Source = "AdapterSocketInfo.State", Level = RequirementLevel.Should, Needs = AdapterFeatures.ActiveOpen,
        HostDiffers = "the state of a host socket is not asked for here")]
    public async Task State_FollowsTheStreams()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        if (ours.Raw.GetInfo().State == TcpState.Unknown)
            throw new UnmetException("it tells no state");
        await theirs.CompleteSendingAsync(Stop);
        await ours.ReadToEndAsync();
        Check.Equal(TcpState.CloseWait, ours.Raw.GetInfo().State);
    }

    [Requirement("TOE-INFO-003", "Bytes acknowledged are none at first, never more than were sent, and all in the end.", Source = "AdapterSocketInfo.BytesAcknowledged", Needs = AdapterFeatures.ActiveOpen)]
    public async Task BytesAcknowledged_AddUp()
    {
        const int Size = 50_000;
        var (ours, theirs) = await Bench.ConnectAsync();
        if (ours.Raw.GetInfo().BytesAcknowledged is not { } before)
            return; // It does not tell, which is allowed.
        Check.Equal(0, before);
        await ours.SendAsync(new byte[Size]);
        await theirs.ReadAsync(Size, Stop);
        await Bench.UntilAsync(
            () => ValueTask.FromResult(ours.Raw.GetInfo().BytesAcknowledged >= Size), () => $"of {Size} bytes {ours.Raw.GetInfo().BytesAcknowledged} are told as acknowledged");
        Check.Equal(Size, ours.Raw.GetInfo().BytesAcknowledged!.Value);
    }

    [Requirement("TOE-INFO-004", "A round-trip time that is told is positive.", Source = "AdapterSocketInfo.RoundTripTime", Needs = AdapterFeatures.ActiveOpen)]
    public async Task RoundTripTime_IsPositive()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await ours.SendAsync(new byte[1]);
        await theirs.ReadAsync(1, Stop);
        Check.That(ours.Raw.GetInfo().RoundTripTime is not { } time || time > TimeSpan.Zero, "it is not");
    }

    [Requirement("TOE-INFO-005", "Counters that are told are not negative.", Source = "AdapterSocketInfo.Retransmits", Covers = ["AdapterSocketInfo.Memory"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Counters_AreNotNegative()
    {
        var (ours, _) = await Bench.ConnectAsync();
        var info = ours.Raw.GetInfo();
        Check.That(!(info.Retransmits < 0) && !(info.Memory < 0) && !(info.BytesAcknowledged < 0), $"{info}");
    }

    [Requirement("TOE-INFO-006", "An adapter that offloads whole connections says how sure it is that one is offloaded.", Source = "AdapterSocketInfo.Confidence",
        Covers = ["OffloadConfidence.Confirmed", "OffloadConfidence.Likely", "OffloadConfidence.NotOffloaded", "OffloadConfidence.Unknown"], Level = RequirementLevel.Should, Needs = AdapterFeatures.ActiveOpen)]
    public async Task Confidence_IsTold()
    {
        var (ours, _) = await Bench.ConnectAsync();
        var confidence = ours.Raw.GetInfo().Confidence;
        Check.That(Enum.IsDefined(confidence) && confidence != OffloadConfidence.Unknown, $"it is {confidence}");
    }

    [Requirement("TOE-INFO-007", "A socket that was aborted or disposed still answers when it is asked about.", Source = "IToeAdapterSocket.GetInfo", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Ended_StillAnswers()
    {
        var (ours, _) = await Bench.ConnectAsync();
        ours.Raw.Abort();
        ours.Raw.GetInfo();
        await ours.DisposeAsync();
        ours.Raw.GetInfo();
    }

    [Requirement("TOE-INFO-008", "A socket that is not connected yet answers when it is asked about.", Source = "IToeAdapterSocket.GetInfo", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Unconnected_Answers()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(System.Net.Sockets.AddressFamily.InterNetwork, Stop);
        var state = (await Bench.OpenAsync(listener.EndPoint)).Raw.GetInfo().State;
        Check.That(state != TcpState.Established, "it says that it is established");
    }
}
