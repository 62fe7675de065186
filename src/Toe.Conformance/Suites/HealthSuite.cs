using System.Net.Sockets;

namespace Toe.Conformance.Suites;

/// <summary>Adapters that fail and come back, and what becomes of what they carried.</summary>
internal sealed class HealthSuite : Suite
{
    [Requirement("TOE-HLTH-001", "An adapter that fails says so, with a reason, to its subscriber and in its status.", Source = "IAdapterEvents.StatusChanged", Covers = ["AdapterHealth.Failed", "AdapterStatus.Reason", "Health.Failed"])]
    public async Task Failure_IsAnnounced()
    {
        await FailAsync();
        await Bench.UntilAsync(() => Bench.AdapterEvents.Statuses.Any(static status => IsDown(status.Health)), "nobody was told");
        Check.That(IsDown(Adapter.Status.Health), $"its status says {Adapter.Status.Health}");
        Check.That(Adapter.Status.Reason.Class == ToeReasonClass.Health, $"the reason is {Adapter.Status.Reason}");
    }

    [Requirement("TOE-HLTH-002", "An adapter that has failed refuses opens for its health.", Source = "IToeAdapter.OpenAsync", Covers = ["OpenResult.Refusal"])]
    public async Task Failed_RefusesOpens()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        await FailAsync();
        var (result, _) = await Bench.TryOpenAsync(listener.EndPoint);
        if (result.Socket is { } socket)
            await socket.DisposeAsync();
        Check.That(result.Refusal.Class == ToeReasonClass.Health, result.Socket is null ? $"it was refused with {result.Refusal}" : "it was taken");
    }

    [Requirement("TOE-HLTH-003", "On an adapter that has failed data calls give no bytes, and do not throw.", Source = "IToeAdapterSocket.TryReceive", Covers = ["IToeAdapterSocket.TrySend", "IoStatus.Failed"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Failed_GivesNoBytes()
    {
        var (ours, _) = await Bench.ConnectAsync();
        var socket = ours.Polled;
        await FailAsync();
        Check.That(socket.TryReceive(new byte[1], out _) != IoStatus.Done, "bytes come");
        socket.TrySend(new byte[1], out _);
        socket.TryCompleteSending();
        socket.GetInfo();
        socket.Arm(Readiness.Receive);
        await ours.DisposeAsync();
    }

    [Requirement("TOE-HLTH-004", "An adapter that comes back is healthy, says so, and has the same id.", Source = "IToeAdapter.Identity", Covers = ["AdapterHealth.Healthy", "AdapterHealth.Recovering", "AdapterIdentity.Id"])]
    public async Task Recovered_IsTheSame()
    {
        var id = Adapter.Identity.Id;
        await FailAsync();
        await RecoverAsync();
        Check.Equal(AdapterHealth.Healthy, Adapter.Status.Health);
        Check.Equal(AdapterHealth.Healthy, Bench.AdapterEvents.Statuses[^1].Health);
        Check.Equal(id, Adapter.Identity.Id);
    }

    [Requirement("TOE-HLTH-005", "An adapter that has come back makes connections again.", Source = "IToeAdapter.OpenAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Recovered_Works()
    {
        await FailAsync();
        await RecoverAsync();
        var (ours, theirs) = await Bench.ConnectAsync();
        await ours.SendAsync(new byte[] { 1 });
        Check.Bytes([1], await theirs.ReadAsync(1, Stop));
    }

    [Requirement("TOE-HLTH-006", "A connection that was lost with its adapter is told so at most once, with a reason of the adapter's.", Source = "IAdapterSocketEvents.OnClosed", Covers = ["IoStatus.Failed"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Lost_IsToldOnce()
    {
        var (ours, _) = await Bench.ConnectAsync();
        var socket = ours.Polled;
        await FailAsync();
        await RecoverAsync();
        Check.Equal(IoStatus.Failed, socket.TryReceive(new byte[1], out _));
        Check.That(ours.Events.Closed.Count <= 1, $"it was told {ours.Events.Closed.Count} times");
        Check.That(ours.Events.Closed.All(static closed => !closed.Reason.IsNone), "it was told as if the peer had closed it");
    }

    [Requirement("TOE-HLTH-007", "The tables of an adapter that has come back are empty.", Source = "ToeBudget.Used", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Recovered_HasEmptyTables()
    {
        var before = (await Adapter.RefreshAsync(Stop)).Budgets;
        for (var i = 0; i < 3; i++)
        {
            var (ours, theirs) = await Bench.ConnectAsync();
            await theirs.DisposeAsync();
            _ = ours;
        }

        await FailAsync();
        await RecoverAsync();
        foreach (var budget in (await Adapter.RefreshAsync(Stop)).Budgets.Where(static budget => budget.ConnectionCost > 0))
            Check.That(budget.Used <= before.Single(one => one.Table == budget.Table).Used, $"{budget.Table}: {budget.Used} are in use");
    }

    [Requirement("TOE-HLTH-008", "A listener of an adapter that fails is told once, with a reason.", Source = "IAdapterListenerEvents.OnStopped", Needs = AdapterFeatures.PassiveOpen)]
    public async Task Listener_IsTold()
    {
        var listener = await Bench.ListenAsync();
        await FailAsync();
        await Bench.UntilAsync(() => listener.Events.Stopped.Count > 0, "it was not told");
        Check.Equal(1, listener.Events.Stopped.Count);
        Check.That(!listener.Events.Stopped[0].IsNone, "there is no reason");
        await listener.DisposeAsync();
    }

    [Requirement("TOE-HLTH-009", "While the link is down opens are refused for that, and connections live through it.", Source = "Health.LinkDown", Covers = ["AdapterHealth.Degraded"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task LinkDown_RefusesOpens_AndKeepsConnections()
    {
        if (!Bench.Faults().HasLink)
            throw new NotOfferedException("it has no link that could go down");
        var (ours, theirs) = await Bench.ConnectAsync();
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        if (!await Bench.Faults().TrySetLinkAsync(isUp: false, Stop))
            throw new NotHereException("this fixture cannot take the link down");
        var (result, _) = await Bench.TryOpenAsync(listener.EndPoint);
        if (result.Socket is { } socket)
            await socket.DisposeAsync();
        Check.Refused(result.Refusal, ToeReasons.HealthLinkDown);
        await Bench.Faults().TrySetLinkAsync(isUp: true, Stop);
        await ours.SendAsync(new byte[] { 1 });
        Check.Bytes([1], await theirs.ReadAsync(1, Stop));
    }

    [Requirement("TOE-HLTH-010", "An adapter fails and comes back again and again.", Source = "IAdapterEvents.StatusChanged", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Failures_MayRepeat()
    {
        for (var i = 0; i < 3; i++)
        {
            await Bench.ConnectAsync();
            await FailAsync();
            await FailAsync();
            await RecoverAsync();
        }

        await Bench.ConnectAsync();
    }

    [Requirement("TOE-HLTH-011", "A connect that is under way when its adapter fails ends.", Source = "IToeAdapterSocket.ConnectAsync", Covers = ["ConnectOutcome.Refused", "ConnectResult.Refusal"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Connect_EndsWithItsAdapter()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var socket = await Bench.OpenAsync(listener.EndPoint);
        await FailAsync();
        var connecting = socket.Raw.ConnectAsync(Stop).AsTask();
        await RecoverAsync();
        var result = await connecting;
        Check.That(result.Outcome != ConnectOutcome.Connected, "it connected, on an adapter that had lost it");
    }

    private static bool IsDown(AdapterHealth health) => health is AdapterHealth.Failed or AdapterHealth.Removed or AdapterHealth.Recovering;

    [Requirement("TOE-HLTH-012", "A refresh of an adapter that has failed answers, and says so.", Source = "IToeAdapter.RefreshAsync", Covers = ["AdapterHealth.Failed"])]
    public async Task Failed_IsRefreshed()
    {
        await FailAsync();
        var status = await Adapter.RefreshAsync(Stop);
        Check.That(IsDown(status.Health), $"its health is {status.Health}");
        Check.That(!status.Reason.IsNone, "there is no reason");
    }

    [Requirement("TOE-HLTH-013", "Sockets of an adapter that has failed are aborted and disposed without harm, from several threads.", Source = "IToeAdapterSocket.Abort", Covers = ["IToeAdapterSocket.DisposeAsync"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Failed_SocketsEnd()
    {
        var sockets = new List<TestedSocket>();
        for (var i = 0; i < 8; i++)
            sockets.Add((await Bench.ConnectAsync()).Ours);
        var failing = Task.Run(async () => await FailAsync());
        await Task.WhenAll([failing, .. sockets.Select(static socket => Task.Run(socket.Raw.Abort))]);
        foreach (var socket in sockets)
            await socket.DisposeAsync();
        await RecoverAsync();
        await Bench.ConnectAsync();
    }

    [Requirement("TOE-HLTH-014", "An adapter that has failed can be disposed, with connections that it lost.", Source = "IToeAdapter.DisposeAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Failed_IsDisposed()
    {
        await Bench.ConnectAsync();
        await FailAsync();
        await Adapter.DisposeAsync();
    }

    [Requirement("TOE-HLTH-015", "A receive that waits when its adapter fails is woken.", Source = "IAdapterSocketEvents.OnClosed", Covers = ["IAdapterSocketEvents.OnReady"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Waiting_IsWokenByTheFailure()
    {
        var (ours, _) = await Bench.ConnectAsync();
        var socket = ours.Polled;
        var ready = ours.Events.Next(Readiness.Receive);
        socket.Arm(Readiness.Receive);
        await FailAsync();
        await RecoverAsync(); // Told no later than now.
        await Task.WhenAny(ready, ours.Events.Closing).WaitAsync(Stop);
    }

    [Requirement("TOE-HLTH-016", "A connection that is lost never gives bytes again, also not when its adapter is back.", Source = "IoStatus.Failed", Covers = ["IToeAdapterSocket.TryReceive", "IToeAdapterSocket.TrySend"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Lost_StaysLost()
    {
        var (ours, _) = await Bench.ConnectAsync();
        var socket = ours.Polled;
        await FailAsync();
        await RecoverAsync();
        await Bench.ConnectAsync();
        Check.That(socket.TryReceive(new byte[16], out _) is IoStatus.Failed or IoStatus.Reset, "a receive does not say that it is lost");
        Check.That(socket.TrySend(new byte[16], out var taken) != IoStatus.Done && taken == 0, "a send takes bytes");
    }

    private ValueTask FailAsync() => Bench.Faults().FailAsync(Stop);

    private async Task RecoverAsync()
    {
        await Bench.Faults().RecoverAsync(Stop);
        await Bench.UntilAsync(() => Adapter.Status.Health == AdapterHealth.Healthy, "it does not come back");
    }
}
