using System.Net.NetworkInformation;

namespace Toe.Conformance.Suites;

/// <summary>Connections that leave for another adapter, and come from one: Prepare, Freeze, Import, Activate, Release.</summary>
internal sealed class MovingSuite : Suite
{
    private const AdapterFeatures Leaving = AdapterFeatures.ActiveOpen | AdapterFeatures.ExportsState;

    [Requirement("TOE-MOVE-001", "A frozen connection that is resumed runs on as if nothing had happened.", Source = "IMoveSource.ResumeAsync", Covers = ["IExportsState.FreezeAsync"], Needs = Leaving)]
    public async Task Resumed_RunsOn()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var source = await ours.FreezeAsync(Stop);
        await source.ResumeAsync();
        await ours.TalkAsync(theirs, Stop);
    }

    [Requirement("TOE-MOVE-002", "What arrives while a connection is frozen is kept.", Source = "IExportsState.FreezeAsync", Needs = Leaving)]
    public async Task Frozen_KeepsWhatArrives()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var source = await ours.FreezeAsync(Stop);
        await theirs.SendAsync("meanwhile"u8.ToArray(), Stop);
        await Bench.PassAsync(TimeSpan.FromMilliseconds(20));
        await source.ResumeAsync();
        Check.Text("meanwhile", await ours.ReadAsync(9));
    }

    [Requirement("TOE-MOVE-003", "A frozen connection sends nothing.", Source = "IExportsState.FreezeAsync", Needs = Leaving)]
    public async Task Frozen_SendsNothing()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var source = await ours.FreezeAsync(Stop);
        ours.Polled.TrySend("too early"u8, out _);
        var reading = theirs.ReadAsync(1, Stop);
        await Bench.PassAsync(TimeSpan.FromMilliseconds(50));
        Check.That(!reading.IsCompleted, "the peer got something");
        await source.ResumeAsync();
        await ours.SendAsync("!"u8.ToArray());
        await reading;
    }

    [Requirement("TOE-MOVE-004", "The state names the connection, and its numbers fit together.", Source = "IMoveSource.State",
        Covers = ["TcpConnectionState.Tuple", "TcpConnectionState.State", "TcpConnectionState.MaximumSegmentSize", "TcpConnectionState.SendUnacknowledged", "TcpConnectionState.SendNext",
            "TcpConnectionState.ReceiveNext", "TcpConnectionState.ReceiveWindow", "TcpConnectionState.SendWindow", "TcpConnectionState.MaximumSendWindow", "TcpConnectionState.ReceiveWindowUpdate"], Needs = Leaving)]
    public async Task State_FitsTogether()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await ours.TalkAsync(theirs, Stop);
        var state = (await ours.FreezeAsync(Stop)).State;
        Check.Equal(new TcpTuple(ours.Raw.LocalEndPoint, ours.Raw.RemoteEndPoint), state.Tuple);
        Check.Equal(TcpState.Established, state.State);
        Check.That(state.MaximumSegmentSize is > 0 and <= 65_535, $"the MSS is {state.MaximumSegmentSize}");
        Check.That((int)(state.SendNext - state.SendUnacknowledged) >= 0, "SND.NXT lies before SND.UNA");
        Check.That((int)(state.ReceiveNext - state.ReceiveWindowUpdate) >= 0, "RCV.NXT lies before what it was when the window was announced");
        Check.That(state.MaximumSendWindow >= state.SendWindow, "the largest window is smaller than the present one");
    }

    [Requirement("TOE-MOVE-005", "The state holds what arrived and was not read, and what was sent and not acknowledged.", Source = "TcpConnectionState.ReceiveQueue", Covers = ["TcpConnectionState.SendQueue"], Needs = Leaving)]
    public async Task State_HoldsBothQueues()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await theirs.SendAsync("unread"u8.ToArray(), Stop);
        await ours.ReadyAsync(Readiness.Receive);
        var filled = await BackPressureSuite.FillAsync(ours);
        var state = (await ours.FreezeAsync(Stop)).State;
        Check.Text("unread", state.ReceiveQueue.ToArray());
        Check.That(state.SendQueue.Length > 0 && state.SendQueue.Length <= filled, $"of {filled} bytes sent to a peer that does not read {state.SendQueue.Length} are in the queue");
    }

    [Requirement("TOE-MOVE-006", "A connection that moved runs on where it is now, both ways.", Source = "IMoveTarget.ActivateAsync", Covers = ["IImportsState.PrepareAsync", "IMoveTarget.ImportAsync", "IMoveSource.ReleaseAsync", "PrepareResult.Place", "PrepareResult.Refusal"], Needs = Leaving)]
    public async Task Moved_RunsOn()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await ours.TalkAsync(theirs, Stop);
        await (await ours.MoveAsync(Bench, Bench.Target())).TalkAsync(theirs, Stop);
    }

    [Requirement("TOE-MOVE-007", "What was not read before a move is read after it, before what comes later.", Source = "TcpConnectionState.ReceiveQueue", Needs = Leaving)]
    public async Task Moved_WithUnreadBytes()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await theirs.SendAsync("before "u8.ToArray(), Stop);
        await ours.ReadyAsync(Readiness.Receive);
        var moved = await ours.MoveAsync(Bench, Bench.Target());
        await theirs.SendAsync("after"u8.ToArray(), Stop);
        Check.Text("before after", await moved.ReadAsync(12));
    }

    [Requirement("TOE-MOVE-008", "What was sent before a move and not acknowledged arrives after it, whole and once.", Source = "TcpConnectionState.SendQueue", Needs = Leaving)]
    public async Task Moved_WithBytesInFlight()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var bytes = new byte[300_000];
        Bench.Random.NextBytes(bytes);
        var sent = 0;
        for (var full = false; !full && sent < bytes.Length;)
        {
            full = ours.Polled.TrySend(bytes.AsSpan(sent), out var taken) != IoStatus.Done;
            sent += taken;
        }

        var moved = await ours.MoveAsync(Bench, Bench.Target());
        var reading = theirs.ReadAsync(bytes.Length, Stop);
        await moved.SendAsync(bytes.AsMemory(sent));
        Check.Bytes(bytes, await reading);
    }

    [Requirement("TOE-MOVE-009", "Bytes that the peer sends during the move are not lost.", Source = "IImportsState.PrepareAsync", Covers = ["IMoveTarget.ActivateAsync"], Needs = Leaving)]
    public async Task Moved_WhileThePeerSends()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var bytes = new byte[200_000];
        Bench.Random.NextBytes(bytes);
        var sending = theirs.SendAsync(bytes, Stop).AsTask();
        var moved = await ours.MoveAsync(Bench, Bench.Target());
        Check.Bytes(bytes, await moved.ReadAsync(bytes.Length));
        await sending;
    }

    [Requirement("TOE-MOVE-010", "A place that is abandoned leaves the connection where it was.", Source = "IMoveTarget.AbandonAsync", Needs = Leaving)]
    public async Task Abandoned_StaysWhereItWas()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var (place, _) = await Bench.Target().PrepareAsync(TupleOf(ours), Stop);
        var source = await ours.FreezeAsync(Stop);
        await theirs.SendAsync("kept"u8.ToArray(), Stop);
        await place.AbandonAsync();
        await source.ResumeAsync();
        Check.Text("kept", await ours.ReadAsync(4));
        await ours.TalkAsync(theirs, Stop);
    }

    [Requirement("TOE-MOVE-011", "A connection moves again and again, there and back.", Source = "IMoveTarget.ActivateAsync", Covers = ["IMoveSource.ReleaseAsync"], Needs = Leaving | AdapterFeatures.ImportsState)]
    public async Task Moved_ThereAndBack()
    {
        if (Adapter is not IImportsState home)
            throw new NotOfferedException("it takes no connection over");
        var (ours, theirs) = await Bench.ConnectAsync();
        for (var i = 0; i < 6; i++)
        {
            ours = await ours.MoveAsync(Bench, i % 2 == 0 ? Bench.Target() : home);
            await ours.TalkAsync(theirs, Stop);
        }
    }

    [Requirement("TOE-MOVE-012", "A connection whose peer has ended its stream moves, and still sends.", Source = "TcpConnectionState.State", Level = RequirementLevel.Should, Needs = Leaving)]
    public async Task Moved_HalfClosedByThePeer()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await theirs.CompleteSendingAsync(Stop);
        await ours.ReadToEndAsync();
        var moved = await ours.MoveAsync(Bench, Bench.Target());
        await moved.SendAsync("still here"u8.ToArray());
        Check.Text("still here", await theirs.ReadAsync(10, Stop));
        Check.Equal(IoStatus.EndOfStream, (await moved.ReceiveAsync(new byte[1])).Status);
    }

    [Requirement("TOE-MOVE-013", "A connection whose own stream has ended moves, and still receives.", Source = "TcpConnectionState.State", Level = RequirementLevel.Should, Needs = Leaving)]
    public async Task Moved_HalfClosedByUs()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await ours.CompleteSendingAsync();
        await theirs.ReadToEndAsync(Stop);
        var moved = await ours.MoveAsync(Bench, Bench.Target());
        await theirs.SendAsync("still there"u8.ToArray(), Stop);
        Check.Text("still there", await moved.ReadAsync(11));
    }

    [Requirement("TOE-MOVE-014", "A connection that has left raises no event where it was.", Source = "IMoveSource.ReleaseAsync", Needs = Leaving)]
    public async Task Left_RaisesNothing()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        ours.Raw.Arm(Readiness.Receive);
        var moved = await ours.MoveAsync(Bench, Bench.Target());
        var before = (ours.Events.Announced, ours.Events.Closed.Count);
        await moved.TalkAsync(theirs, Stop);
        theirs.Reset();
        await Bench.PassAsync(TimeSpan.FromMilliseconds(50));
        Check.Equal(before, (ours.Events.Announced, ours.Events.Closed.Count));
    }

    [Requirement("TOE-MOVE-015", "The old socket can be disposed after the move, and the connection does not notice.", Source = "IMoveSource.ReleaseAsync", Covers = ["IToeAdapterSocket.DisposeAsync"], Needs = Leaving)]
    public async Task Left_IsDisposedInSilence()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var moved = await ours.MoveAsync(Bench, Bench.Target());
        await ours.DisposeAsync();
        await moved.TalkAsync(theirs, Stop);
    }

    [Requirement("TOE-MOVE-016", "A state that no connection can have is refused with a reason, and not with an exception.", Source = "IMoveTarget.ImportAsync", Needs = Leaving | AdapterFeatures.ImportsState)]
    public async Task NonsensicalState_IsRefused()
    {
        var (home, away, theirs) = await AwayAsync();
        var (place, _) = await home.PrepareAsync(TupleOf(away), Stop);
        var refusal = await place.ImportAsync(
            new TcpConnectionState
            {
                Tuple = TupleOf(away),
                MaximumSegmentSize = -5,
                State = TcpState.Listen,
                SendUnacknowledged = 100,
                SendNext = 50,
                SendWindow = 0,
                MaximumSendWindow = 0,
                SendWindowUpdate = 0,
                ReceiveNext = 0,
                ReceiveWindow = 0,
                ReceiveWindowUpdate = 10,
            }, Stop);
        await place.AbandonAsync();
        Check.That(!refusal.IsNone, "it was taken");
        await away.TalkAsync(theirs, Stop);
    }

    [Requirement("TOE-MOVE-017", "A place that is abandoned gives back what it took.", Source = "IMoveTarget.AbandonAsync", Covers = ["ToeBudget.Used"], Needs = Leaving | AdapterFeatures.ImportsState)]
    public async Task Abandoned_GivesBack()
    {
        var (home, away, _) = await AwayAsync();
        var before = (await Adapter.RefreshAsync(Stop)).Budgets;
        var (place, _) = await home.PrepareAsync(TupleOf(away), Stop);
        await place.AbandonAsync();
        foreach (var budget in (await Adapter.RefreshAsync(Stop)).Budgets)
            Check.Equal(before.Single(one => one.Table == budget.Table).Used, budget.Used);
    }

    [Requirement("TOE-MOVE-018", "What was agreed in the handshake, and what was measured, is in the state as its RFC allows it, or is not told.", Source = "RFC 7323 §2.3",
        Covers = ["TcpConnectionState.SendWindowScale", "TcpConnectionState.ReceiveWindowScale", "TcpConnectionState.Timestamps", "TcpConnectionState.TimestampRecent", "TcpConnectionState.TimestampValue",
            "TcpConnectionState.SelectiveAcknowledgement", "TcpConnectionState.SmoothedRoundTripTime", "TcpConnectionState.RoundTripTimeVariation", "TcpConnectionState.CongestionWindow",
            "TcpConnectionState.SlowStartThreshold", "TcpConnectionState.SendWindowUpdate", "TcpConnectionState.Options"], Needs = Leaving)]
    public async Task State_IsAsTheRfcsAllow()
    {
        const int LargestShift = 14;
        var (ours, theirs) = await Bench.ConnectAsync();
        await ours.TalkAsync(theirs, Stop);
        var state = (await ours.FreezeAsync(Stop)).State;
        Check.That(state.SendWindowScale is null == (state.ReceiveWindowScale is null), "windows are scaled one way only");
        Check.That(!(state.SendWindowScale > LargestShift) && !(state.ReceiveWindowScale > LargestShift), $"windows are shifted by {state.SendWindowScale} and {state.ReceiveWindowScale}");
        Check.That(state.Timestamps || state.TimestampRecent is null, "there is a timestamp of the peer's, and timestamps are off");
        Check.That(!(state.SmoothedRoundTripTime <= TimeSpan.Zero) && !(state.RoundTripTimeVariation < TimeSpan.Zero), $"SRTT is {state.SmoothedRoundTripTime}, RTTVAR {state.RoundTripTimeVariation}");
        Check.That(!(state.CongestionWindow == 0) && !(state.SlowStartThreshold == 0), "the congestion window or the slow start threshold is 0");
        Check.That((int)(state.ReceiveNext - state.SendWindowUpdate) >= 0, "the last window update came with a segment that has not come");
        Check.That(state.Options is not null, "the options are null");
    }

    private static TcpTuple TupleOf(TestedSocket socket) => new(socket.Raw.LocalEndPoint, socket.Raw.RemoteEndPoint);

    /// <summary>A connection that has left the adapter, and could come back.</summary>
    private async Task<(IImportsState Home, TestedSocket Away, IPeerConnection Theirs)> AwayAsync()
    {
        if (Adapter is not IImportsState home)
            throw new NotOfferedException("it takes no connection over");
        var (ours, theirs) = await Bench.ConnectAsync();
        return (home, await ours.MoveAsync(Bench, Bench.Target()), theirs);
    }
}
