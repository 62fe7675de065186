namespace Toe.Conformance.Suites;

/// <summary>One announcement for each direction that was asked about, and none is lost.</summary>
internal sealed class ReadinessSuite : Suite
{
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    [Requirement("TOE-REDY-001", "A direction that is ready already is announced at once.", Source = "IToeAdapterSocket.Arm", Covers = ["IAdapterSocketEvents.OnReady"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Ready_IsAnnouncedAtOnce()
    {
        var (ours, _) = await Bench.ConnectAsync();
        _ = ours.Polled;
        await ours.ReadyAsync(Readiness.Send);
    }

    [Requirement("TOE-REDY-002", "A direction that is armed once is announced once.", Source = "IToeAdapterSocket.Arm", Covers = ["IAdapterSocketEvents.OnReady"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task ArmedOnce_IsAnnouncedOnce()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var ready = ours.Events.Next(Readiness.Receive);
        ours.Polled.Arm(Readiness.Receive);
        await theirs.SendAsync(new byte[10], Stop);
        await ready.WaitAsync(Stop);
        await theirs.SendAsync(new byte[10], Stop);
        await Bench.PassAsync(Breath);
        Check.Equal((1, 0), ours.Events.Announced);
    }

    [Requirement("TOE-REDY-003", "A direction that nobody armed is not announced.", Source = "IAdapterSocketEvents.OnReady", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Unarmed_IsNotAnnounced()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        _ = ours.Polled;
        await theirs.SendAsync(new byte[10], Stop);
        await Bench.PassAsync(Breath);
        Check.Equal((0, 0), ours.Events.Announced);
    }

    [Requirement("TOE-REDY-004", "Arming a direction twice before its announcement is one request.", Source = "IToeAdapterSocket.Arm", Needs = AdapterFeatures.ActiveOpen)]
    public async Task ArmedTwice_IsOneRequest()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var ready = ours.Events.Next(Readiness.Receive);
        ours.Polled.Arm(Readiness.Receive);
        ours.Polled.Arm(Readiness.Receive);
        await theirs.SendAsync(new byte[10], Stop);
        await ready.WaitAsync(Stop);
        await Bench.PassAsync(Breath);
        Check.Equal((1, 0), ours.Events.Announced);
    }

    [Requirement("TOE-REDY-005", "Each direction is announced for itself.", Source = "Readiness.Send", Covers = ["Readiness.Receive", "Readiness.None", "IToeAdapterSocket.Arm"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Directions_AreAnnouncedForThemselves()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var (receive, send) = (ours.Events.Next(Readiness.Receive), ours.Events.Next(Readiness.Send));
        ours.Polled.Arm(Readiness.Receive | Readiness.Send);
        await send.WaitAsync(Stop);
        Check.That(!receive.IsCompleted, "a receive is announced, and nothing has come");
        await theirs.SendAsync(new byte[1], Stop);
        await receive.WaitAsync(Stop);
        Check.Equal((1, 1), ours.Events.Announced);
    }

    [Requirement("TOE-REDY-006", "What is announced as ready to receive does not block.", Source = "Readiness.Receive", Needs = AdapterFeatures.ActiveOpen)]
    public async Task AnnouncedReceive_DoesNotBlock()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var socket = ours.Polled;
        IoStatus? whenAnnounced = null;
        ours.Events.Raised = () => whenAnnounced ??= socket.TryReceive([], out _); // There and then: later it may have become true.
        var ready = ours.ReadyAsync(Readiness.Receive);
        await theirs.SendAsync(new byte[1], Stop);
        await ready;
        Check.Equal(IoStatus.Done, whenAnnounced);
    }

    [Requirement("TOE-REDY-007", "What is announced as ready to send does not block.", Source = "Readiness.Send", Needs = AdapterFeatures.ActiveOpen)]
    public async Task AnnouncedSend_DoesNotBlock()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var filled = await BackPressureSuite.FillAsync(ours);
        var ready = ours.ReadyAsync(Readiness.Send);
        await theirs.ReadAsync(filled, Stop);
        await ready;
        Check.Equal(IoStatus.Done, ours.Polled.TrySend(new byte[1], out _));
    }

    [Requirement("TOE-REDY-008", "No announcement is lost, however close the bytes come to the arming.", Source = "IToeAdapterSocket.Arm", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Announcements_AreNotLost()
    {
        const int Turns = 300;
        var (ours, theirs) = await Bench.ConnectAsync();
        var one = new byte[1];
        for (var turn = 0; turn < Turns; turn++)
        {
            var receiving = ours.ReceiveAsync(one);
            await theirs.SendAsync(new[] { (byte)turn }, Stop);
            Check.Equal((IoStatus.Done, 1), await receiving);
            Check.Equal((byte)turn, one[0]);
        }
    }

    [Requirement("TOE-REDY-009", "The end of the stream is something to receive.", Source = "Readiness.Receive", Covers = ["IoStatus.EndOfStream"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task End_IsAnnounced()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var ready = ours.ReadyAsync(Readiness.Receive);
        await theirs.CompleteSendingAsync(Stop);
        await ready;
        Check.Equal(IoStatus.EndOfStream, ours.Polled.TryReceive(new byte[1], out _));
        await ours.ReadyAsync(Readiness.Receive); // Again, since it stays.
    }

    [Requirement("TOE-REDY-010", "A data call may be made from inside of an announcement.", Source = "IAdapterSocketEvents.OnReady", Needs = AdapterFeatures.ActiveOpen)]
    public async Task DataCalls_InsideOfAnnouncements()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var received = new TaskCompletionSource<IoStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        var socket = ours.Polled;
        ours.Events.Raised = () => received.TrySetResult(socket.TryReceive(new byte[1], out _));
        socket.Arm(Readiness.Receive);
        await theirs.SendAsync(new byte[1], Stop);
        Check.Equal(IoStatus.Done, await received.Task.WaitAsync(Stop));
    }

    [Requirement("TOE-REDY-011", "A socket may be aborted from inside of its announcement.", Source = "IToeAdapterSocket.Abort", Covers = ["IAdapterSocketEvents.OnReady"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Abort_InsideOfAnnouncements()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var socket = ours.Polled;
        ours.Events.Raised = () =>
        {
            socket.Abort();
            aborted.TrySetResult();
        };
        socket.Arm(Readiness.Receive);
        await theirs.SendAsync(new byte[1], Stop);
        await aborted.Task.WaitAsync(Stop);
    }

    [Requirement("TOE-REDY-012", "Asking about no direction announces none.", Source = "Readiness.None", Needs = AdapterFeatures.ActiveOpen)]
    public async Task ArmingNothing_AnnouncesNothing()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        ours.Polled.Arm(Readiness.None);
        await theirs.SendAsync(new byte[1], Stop);
        await Bench.PassAsync(Breath);
        Check.Equal((0, 0), ours.Events.Announced);
    }
}
