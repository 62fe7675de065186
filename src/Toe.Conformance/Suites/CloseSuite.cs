using System.Net.Sockets;

namespace Toe.Conformance.Suites;

/// <summary>How connections end: FIN, RST, half closes, each while something else is under way.</summary>
internal sealed class CloseSuite : Suite
{
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    [Requirement("TOE-CLOS-001", "A connection that both sides end with FIN raises no close event.", Source = "IAdapterSocketEvents.OnClosed", Needs = AdapterFeatures.ActiveOpen)]
    public async Task FinBothWays_IsNoEvent()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await ours.CompleteSendingAsync();
        await theirs.CompleteSendingAsync(Stop);
        await theirs.ReadToEndAsync(Stop);
        await ours.ReadToEndAsync();
        await Bench.PassAsync(Breath);
        Check.Equal(0, ours.Events.Closed.Count);
    }

    [Requirement("TOE-CLOS-002", "A disposed socket that has read everything sends FIN behind what it sent.", Source = "IToeAdapterSocket.DisposeAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Disposal_SendsFin()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await ours.SendAsync("good bye"u8.ToArray());
        await ours.DisposeAsync();
        Check.Text("good bye", await theirs.ReadToEndAsync(Stop));
    }

    [Requirement("TOE-CLOS-003", "An abort is a reset to the peer.", Source = "IToeAdapterSocket.Abort", Covers = ["RFC 9293 §3.10.5"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Abort_ResetsThePeer()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        ours.Raw.Abort();
        await PeerSeesResetAsync(theirs);
    }

    [Requirement("TOE-CLOS-004", "An abort with bytes under way is a reset to the peer.", Source = "IToeAdapterSocket.Abort", Needs = AdapterFeatures.ActiveOpen)]
    public async Task AbortDuringASend_ResetsThePeer()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await ours.SendAsync(new byte[20_000]);
        ours.Raw.Abort();
        await PeerSeesResetAsync(theirs);
    }

    [Requirement("TOE-CLOS-005", "Aborting twice, from any thread, and disposing afterwards does no harm.", Source = "IToeAdapterSocket.Abort", Covers = ["IToeAdapterSocket.DisposeAsync"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Abort_MayRepeat()
    {
        var (ours, _) = await Bench.ConnectAsync();
        await Task.WhenAll([.. Enumerable.Range(0, 8).Select(_ => Task.Run(ours.Raw.Abort))]);
        await ours.DisposeAsync();
        await ours.DisposeAsync();
        ours.Raw.Abort();
    }

    [Requirement("TOE-CLOS-006", "No event comes after an abort has returned.", Source = "IToeAdapterSocket.Abort", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Abort_EndsEvents()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        ours.Raw.Arm(Readiness.Receive);
        ours.Raw.Abort();
        ours.Events.Silence();
        await IgnoreAsync(theirs.SendAsync(new byte[100], Stop).AsTask());
        await Bench.PassAsync(Breath);
        Check.Equal(0, ours.Events.Late);
    }

    [Requirement("TOE-CLOS-007", "No event comes after a disposal has returned.", Source = "IToeAdapterSocket.DisposeAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Disposal_EndsEvents()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        ours.Raw.Arm(Readiness.Receive);
        await ours.DisposeAsync();
        ours.Events.Silence();
        await IgnoreAsync(theirs.SendAsync(new byte[100], Stop).AsTask());
        await Bench.PassAsync(Breath);
        Check.Equal(0, ours.Events.Late);
    }

    [Requirement("TOE-CLOS-008", "A peer's reset is a close event with the error that a host socket gives, and without a reason of the adapter's.", Source = "IAdapterSocketEvents.OnClosed", Needs = AdapterFeatures.ActiveOpen)]
    public async Task PeersReset_IsAnEvent()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var socket = ours.Polled;
        theirs.Reset();
        socket.Arm(Readiness.Receive);
        await ours.Events.Closing.WaitAsync(Stop);
        Check.Equal((SocketError.ConnectionReset, ToeReason.None), ours.Events.Closed[0]);
    }

    [Requirement("TOE-CLOS-009", "A close event comes once.", Source = "IAdapterSocketEvents.OnClosed", Needs = AdapterFeatures.ActiveOpen)]
    public async Task CloseEvent_ComesOnce()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var socket = ours.Polled;
        theirs.Reset();
        socket.Arm(Readiness.Receive | Readiness.Send);
        await ours.Events.Closing.WaitAsync(Stop);
        socket.TryReceive(new byte[1], out _);
        socket.TrySend(new byte[1], out _);
        await Bench.PassAsync(Breath);
        Check.Equal(1, ours.Events.Closed.Count);
    }

    [Requirement("TOE-CLOS-010", "After a peer's reset data calls say so.", Source = "IoStatus.Reset", Covers = ["IToeAdapterSocket.TryReceive", "IToeAdapterSocket.TrySend"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task PeersReset_IsTheAnswerOfDataCalls()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        theirs.Reset();
        Check.Equal(IoStatus.Reset, (await ours.ReceiveAsync(new byte[1])).Status);
        Check.That(ours.Polled.TrySend(new byte[1], out _) is IoStatus.Reset or IoStatus.Failed, "a send on it does not fail");
    }

    [Requirement("TOE-CLOS-011", "A peer's reset wakes a receive that waits.", Source = "Readiness.Receive", Covers = ["IToeAdapterSocket.Arm"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task PeersReset_WakesAReceive()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var receiving = ours.ReceiveAsync(new byte[1]);
        await Bench.PassAsync(TimeSpan.FromMilliseconds(5));
        theirs.Reset();
        Check.Equal(IoStatus.Reset, (await receiving).Status);
    }

    [Requirement("TOE-CLOS-012", "A peer's reset wakes a send that waits.", Source = "Readiness.Send", Covers = ["IToeAdapterSocket.Arm"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task PeersReset_WakesASend()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await BackPressureSuite.FillAsync(ours);
        var ready = ours.ReadyAsync(Readiness.Send);
        theirs.Reset();
        await ready;
        Check.That(ours.Polled.TrySend(new byte[1], out _) is IoStatus.Reset or IoStatus.Failed, "a send on it does not fail");
    }

    [Requirement("TOE-CLOS-013", "The peer's end wakes a receive that waits.", Source = "Readiness.Receive", Needs = AdapterFeatures.ActiveOpen)]
    public async Task PeersFin_WakesAReceive()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var receiving = ours.ReceiveAsync(new byte[1]);
        await Bench.PassAsync(TimeSpan.FromMilliseconds(5));
        await theirs.CompleteSendingAsync(Stop);
        Check.Equal(IoStatus.EndOfStream, (await receiving).Status);
    }

    [Requirement("TOE-CLOS-014", "A socket can be disposed while its directions are armed.", Source = "IToeAdapterSocket.DisposeAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Disposal_WhileArmed()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        ours.Raw.Arm(Readiness.Receive | Readiness.Send);
        await ours.DisposeAsync();
        await theirs.ReadToEndAsync(Stop);
    }

    [Requirement("TOE-CLOS-015", "A socket that was disposed can be disposed again.", Source = "IToeAdapterSocket.DisposeAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Disposal_MayRepeat()
    {
        var (ours, _) = await Bench.ConnectAsync();
        await ours.DisposeAsync();
        await ours.DisposeAsync();
    }

    private static async Task IgnoreAsync(Task sending)
    {
        try
        {
            await sending;
        }
        catch (SocketException)
        {
            // The peer may have seen the end already.
        }
    }

    private async Task PeerSeesResetAsync(IPeerConnection theirs)
    {
        try
        {
            await theirs.ReadToEndAsync(Stop);
        }
        catch (SocketException)
        {
            return;
        }

        throw new UnmetException("the peer saw an orderly end of the stream");
    }
}
