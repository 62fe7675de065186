using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance.Suites;

/// <summary>A connect sends the SYN and says how it ended, once.</summary>
internal sealed class ConnectSuite : Suite
{
    private static readonly IPEndPoint Silent = new(IPAddress.Parse("192.0.2.1"), 9); // TEST-NET-1, RFC 5737: nobody answers.

    [Requirement("TOE-CONN-001", "A peer that listens is reached, and each side sees the other's endpoint.", Source = "IToeAdapterSocket.ConnectAsync",
        Covers = ["ConnectResult.Outcome", "ConnectOutcome.Connected", "IToeAdapterSocket.LocalEndPoint", "IToeAdapterSocket.RemoteEndPoint"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Connected_EachSeesTheOther()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        Check.Equal(theirs.LocalEndPoint, ours.Raw.RemoteEndPoint);
        Check.Equal(theirs.RemoteEndPoint, ours.Raw.LocalEndPoint);
        Check.That(ours.Raw.LocalEndPoint.Port != 0, "the local port is 0");
    }

    [Requirement("TOE-CONN-002", "A peer that refuses has answered: the connect says so, with the error that a host socket gives.", Source = "ConnectResult.PeerError", Covers = ["ConnectOutcome.PeerAnswered"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Refusal_IsThePeersAnswer()
    {
        var socket = await OpenClosedAsync();
        var result = await socket.Raw.ConnectAsync(Stop);
        Check.Equal(ConnectOutcome.PeerAnswered, result.Outcome);
        Check.Equal(SocketError.ConnectionRefused, result.PeerError);
    }

    [Requirement("TOE-CONN-003", "A refused connect leaves no connection behind, and the next one works.", Source = "IToeAdapterSocket.ConnectAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Refusal_CostsNothing()
    {
        await (await OpenClosedAsync()).Raw.ConnectAsync(Stop);
        await Bench.ConnectAsync();
    }

    [Requirement("TOE-CONN-004", "A connect that is cancelled ends, whatever the peer does.", Source = "IToeAdapterSocket.ConnectAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Connect_HearsItsCancellation()
    {
        var socket = await OpenSilentAsync();
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var connecting = socket.Raw.ConnectAsync(cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await EndsAsync(connecting);
    }

    [Requirement("TOE-CONN-005", "The disposal of a socket ends its connect.", Source = "IToeAdapterSocket.DisposeAsync", Covers = ["IToeAdapterSocket.ConnectAsync"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Disposal_EndsTheConnect()
    {
        var socket = await OpenSilentAsync();
        var connecting = socket.Raw.ConnectAsync(Stop).AsTask();
        await socket.DisposeAsync();
        await EndsAsync(connecting);
    }

    [Requirement("TOE-CONN-006", "A connection that is established raises no close event.", Source = "IAdapterSocketEvents.OnClosed", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Connected_IsNotClosed()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await theirs.SendAsync(new byte[] { 1 }, Stop);
        await ours.ReadAsync(1);
        Check.Equal(0, ours.Events.Closed.Count);
    }

    [Requirement("TOE-CONN-007", "Many connects at the same time all reach their peer, each with a port of its own.", Source = "IToeAdapterSocket.ConnectAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Connects_MayMeet()
    {
        const int Count = 16;
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var sockets = new List<TestedSocket>();
        for (var i = 0; i < Count; i++)
            sockets.Add(await Bench.OpenAsync(listener.EndPoint));
        await Task.WhenAll([.. sockets.Select(static socket => Task.Run(socket.ConnectAsync))]);
        for (var i = 0; i < Count; i++)
            Bench.Own(await listener.AcceptAsync(Stop));
        Check.Equal(Count, sockets.Select(static socket => socket.Raw.LocalEndPoint.Port).Distinct().Count());
    }

    [Requirement("TOE-CONN-008", "The local endpoint is final once connected.", Source = "IToeAdapterSocket.LocalEndPoint", Needs = AdapterFeatures.ActiveOpen)]
    public async Task LocalEndPoint_Stays()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var before = ours.Raw.LocalEndPoint;
        await theirs.SendAsync(new byte[] { 1 }, Stop);
        await ours.ReadAsync(1);
        Check.Equal(before, ours.Raw.LocalEndPoint);
    }

    [Requirement("TOE-CONN-009", "One connect is one connection: the peer accepts no second one.", Source = "IToeAdapterSocket.ConnectAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task OneConnect_IsOneConnection()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var socket = await Bench.OpenAsync(listener.EndPoint);
        await socket.ConnectAsync();
        Bench.Own(await listener.AcceptAsync(Stop));
        await socket.SendAsync(new byte[] { 1 });
        await Bench.PassAsync(TimeSpan.FromMilliseconds(50));
        Check.That(!listener.IsPending, "there is a second one");
    }

    [Requirement("TOE-CONN-010", "A cancellation that comes after the connection is made does not touch it.", Source = "IToeAdapterSocket.ConnectAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task LateCancellation_DoesNothing()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var socket = await Bench.OpenAsync(listener.EndPoint);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Check.Equal(ConnectOutcome.Connected, (await socket.Raw.ConnectAsync(cancelled.Token)).Outcome);
        var theirs = Bench.Own(await listener.AcceptAsync(Stop));
        await cancelled.CancelAsync();
        await socket.TalkAsync(theirs, Stop);
    }

    [Requirement("TOE-CONN-011", "After a connect that was cancelled the same peer can be reached.", Source = "IToeAdapterSocket.ConnectAsync", Covers = ["IToeAdapterSocket.DisposeAsync"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task CancelledConnect_LeavesNothingInTheWay()
    {
        for (var i = 0; i < 5; i++)
        {
            var socket = await OpenSilentAsync();
            using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            var connecting = socket.Raw.ConnectAsync(cancelled.Token).AsTask();
            await cancelled.CancelAsync();
            await EndsAsync(connecting);
            socket.Raw.Abort();
            await socket.DisposeAsync();
        }

        await Bench.ConnectAsync();
    }

    [Requirement("TOE-CONN-012", "A connection can be used as soon as its connect has completed.", Source = "IToeAdapterSocket.ConnectAsync", Covers = ["IToeAdapterSocket.TrySend"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Connected_IsUsableAtOnce()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        for (var i = 0; i < 20; i++)
        {
            var socket = await Bench.OpenAsync(listener.EndPoint);
            await socket.ConnectAsync();
            await socket.SendAsync(new byte[] { (byte)i }); // Before the peer has accepted it.
            Check.Bytes([(byte)i], await Bench.Own(await listener.AcceptAsync(Stop)).ReadAsync(1, Stop));
        }
    }

    /// <summary>A socket whose connect nobody answers: to a peer that does not exist, where the adapter has a way there, else one that was just there.</summary>
    private async Task<TestedSocket> OpenSilentAsync()
    {
        var (result, events) = await Bench.TryOpenAsync(Silent);
        if (result.Socket is { } socket)
            return Bench.Own(new TestedSocket(socket, events, [], Stop));
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        return await Bench.OpenAsync(listener.EndPoint);
    }

    /// <summary>A socket whose peer listened when it was opened, and does not any more.</summary>
    private async Task<TestedSocket> OpenClosedAsync()
    {
        var peer = await Bench.PeerAsync();
        if (!peer.Refuses)
            throw new NotHereException("this peer does not answer where nobody listens");
        await using var listener = await peer.ListenAsync(AddressFamily.InterNetwork, Stop);
        return await Bench.OpenAsync(listener.EndPoint);
    }

    /// <summary>How does not matter, where the peer may have answered first.</summary>
    private async Task EndsAsync(Task connecting)
    {
        try
        {
            await connecting.WaitAsync(Stop);
        }
        catch (OperationCanceledException) when (!Stop.IsCancellationRequested)
        {
            // Cancelled, as asked.
        }
        catch (ObjectDisposedException)
        {
            // Disposed, as asked.
        }
    }
}
