using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance.Suites;

/// <summary>Listeners, and what they accept.</summary>
internal sealed class ListenSuite : Suite
{
    [Requirement("TOE-LIST-001", "A listener is bound to the address that was asked for, and to a port that is not 0.", Source = "IToeAdapterListener.LocalEndPoint", Covers = ["AdapterListenRequest.Local", "ListenResult.Listener"], Needs = AdapterFeatures.PassiveOpen)]
    public async Task LocalEndPoint_IsTheOneAskedFor()
    {
        var listener = await Bench.ListenAsync();
        Check.Equal((await Bench.PeerAsync()).AdapterAddress(AddressFamily.InterNetwork), listener.EndPoint.Address);
        Check.That(listener.EndPoint.Port != 0, "the port is 0");
    }

    [Requirement("TOE-LIST-002", "An accepted connection names both endpoints as the peer sees them.", Source = "IAdapterListenerEvents.OnAccepted", Covers = ["IncomingConnection.Local", "IncomingConnection.Remote"], Needs = AdapterFeatures.PassiveOpen)]
    public async Task Accepted_NamesBothEnds()
    {
        var listener = await Bench.ListenAsync();
        var theirs = Bench.Own(await (await Bench.PeerAsync()).ConnectAsync(listener.EndPoint, Stop));
        var (socket, peer, events) = await listener.Events.AcceptAsync();
        Bench.Own(new TestedSocket(socket, events, [], Stop));
        Check.Equal(theirs.LocalEndPoint, peer.Remote);
        Check.Equal(listener.EndPoint, peer.Local);
        Check.Equal(theirs.LocalEndPoint, socket.RemoteEndPoint);
        Check.Equal(listener.EndPoint, socket.LocalEndPoint);
    }

    [Requirement("TOE-LIST-003", "A SYN that is not admitted becomes no connection of the adapter's.", Source = "IAdapterListenerEvents.Admit", Needs = AdapterFeatures.PassiveOpen)]
    public async Task NotAdmitted_IsNotAccepted()
    {
        if (!Adapter.Status.Capabilities.Has(AdapterFeatures.AdmitsAtSyn))
            throw new NotOfferedException("it does not ask at the SYN");
        var listener = await Bench.ListenAsync();
        listener.Events.Refusal = ToeReasons.PolicyForbidden;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var connecting = (await Bench.PeerAsync()).ConnectAsync(listener.EndPoint, patience.Token).AsTask();
        await Bench.UntilAsync(() => listener.Events.Asked.Count > 0, "nobody asked at the SYN");
        await Bench.PassAsync(TimeSpan.FromMilliseconds(50));
        Check.Equal(0, listener.Events.Waiting);
        await patience.CancelAsync();
        await IgnoreAsync(connecting); // The host has it, or nobody.
    }

    [Requirement("TOE-LIST-004", "An adapter asks at the SYN, once for each connection that it accepts, and names who knocks, exactly when it declares so.", Source = "AdapterFeatures.AdmitsAtSyn", Covers = ["IAdapterListenerEvents.Admit"], Needs = AdapterFeatures.PassiveOpen)]
    public async Task Admit_IsAskedOnce()
    {
        var listener = await Bench.ListenAsync();
        var (_, theirs) = await listener.AcceptAsync();
        Check.Equal(Adapter.Status.Capabilities.Has(AdapterFeatures.AdmitsAtSyn) ? 1 : 0, listener.Events.Asked.Count);
        if (listener.Events.Asked.Count == 0)
            throw new NotOfferedException("it does not ask at the SYN");
        Check.Equal(theirs.LocalEndPoint, listener.Events.Asked[0].Remote);
    }

    [Requirement("TOE-LIST-005", "A listener that was disposed accepts nothing more.", Source = "IToeAdapterListener.DisposeAsync", Needs = AdapterFeatures.PassiveOpen)]
    public async Task Disposed_AcceptsNothing()
    {
        var listener = await Bench.ListenAsync();
        var endPoint = listener.EndPoint;
        await listener.Raw.DisposeAsync();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var connecting = (await Bench.PeerAsync()).ConnectAsync(endPoint, patience.Token).AsTask();
        await Bench.PassAsync(TimeSpan.FromMilliseconds(50));
        await patience.CancelAsync();
        await IgnoreAsync(connecting);
        Check.Equal(0, listener.Events.Waiting);
        Check.Equal(0, listener.Events.Stopped.Count);
    }

    [Requirement("TOE-LIST-006", "Accepted connections live on when their listener is disposed.", Source = "IToeAdapterListener.DisposeAsync", Needs = AdapterFeatures.PassiveOpen)]
    public async Task Accepted_OutliveTheListener()
    {
        var listener = await Bench.ListenAsync();
        var (ours, theirs) = await listener.AcceptAsync();
        await listener.Raw.DisposeAsync();
        await theirs.SendAsync("ping"u8.ToArray(), Stop);
        Check.Text("ping", await ours.ReadAsync(4));
        await ours.SendAsync("pong"u8.ToArray());
        Check.Text("pong", await theirs.ReadAsync(4, Stop));
    }

    [Requirement("TOE-LIST-007", "A port that somebody listens at is not given to another listener.", Source = "IToeAdapter.ListenAsync", Covers = ["Route.TupleInUse", "ListenResult.Refusal"], Needs = AdapterFeatures.PassiveOpen)]
    public async Task PortInUse_IsRefused()
    {
        var listener = await Bench.ListenAsync();
        try
        {
            await Bench.ListenAsync(listener.EndPoint);
        }
        catch (RefusedException exception)
        {
            Check.Refused(exception.Reason, ToeReasons.RouteTupleInUse);
            return;
        }

        throw new UnmetException($"{listener.EndPoint} has two listeners");
    }

    [Requirement("TOE-LIST-008", "A listener can be disposed twice, and its port is free then.", Source = "IToeAdapterListener.DisposeAsync", Needs = AdapterFeatures.PassiveOpen)]
    public async Task Disposal_FreesThePort()
    {
        var listener = await Bench.ListenAsync();
        await listener.Raw.DisposeAsync();
        await listener.Raw.DisposeAsync();
        await Bench.ListenAsync(listener.EndPoint);
    }

    [Requirement("TOE-LIST-009", "A listen that is cancelled before it begins is cancelled, refused or complete, and leaves no listener that nobody knows of.", Source = "IToeAdapter.ListenAsync", Needs = AdapterFeatures.PassiveOpen)]
    public async Task Listen_HearsItsCancellation()
    {
        var listener = await Bench.ListenAsync();
        await listener.Raw.DisposeAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        try
        {
            var result = await Adapter.ListenAsync(new AdapterListenRequest(listener.EndPoint, 1, ToeSocketOptions.Default), new ListenerEventLog(Stop), cancelled.Token);
            if (result.Listener is { } late)
                await late.DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // The usual answer.
        }

        await Bench.ListenAsync(listener.EndPoint);
    }

    [Requirement("TOE-LIST-010", "Many peers that knock at the same time are all accepted.", Source = "IAdapterListenerEvents.OnAccepted", Covers = ["AdapterListenRequest.Backlog"], Needs = AdapterFeatures.PassiveOpen)]
    public async Task Peers_MayKnockTogether()
    {
        const int Count = 16;
        var peer = await Bench.PeerAsync();
        var listener = await Bench.ListenAsync(backlog: 2 * Count);
        var connected = await Task.WhenAll([.. Enumerable.Range(0, Count).Select(_ => Task.Run(async () => await peer.ConnectAsync(listener.EndPoint, Stop)))]);
        foreach (var theirs in connected)
            Bench.Own(theirs);
        var seen = new HashSet<IPEndPoint>();
        for (var i = 0; i < Count; i++)
            seen.Add((await listener.TakeAsync()).Raw.RemoteEndPoint);
        Check.Equal(Count, seen.Count);
    }

    [Requirement("TOE-LIST-011", "The adapter answers whether it serves an address, and listens where it says so.", Source = "IToeAdapter.Serves", Needs = AdapterFeatures.PassiveOpen)]
    public async Task Serves_IsTrueOfItsAddress()
    {
        var answer = Adapter.Serves((await Bench.PeerAsync()).AdapterAddress(AddressFamily.InterNetwork));
        Check.That(answer.IsNone, $"its own address is not served: {answer}");
        await Bench.ListenAsync();
    }

    [Requirement("TOE-LIST-012", "A peer's bytes that came before the connection was accepted are not lost.", Source = "IAdapterListenerEvents.OnAccepted", Needs = AdapterFeatures.PassiveOpen)]
    public async Task EarlyBytes_AreKept()
    {
        var listener = await Bench.ListenAsync();
        var theirs = Bench.Own(await (await Bench.PeerAsync()).ConnectAsync(listener.EndPoint, Stop));
        await theirs.SendAsync("early"u8.ToArray(), Stop);
        await Bench.PassAsync(TimeSpan.FromMilliseconds(20));
        Check.Text("early", await (await listener.TakeAsync()).ReadAsync(5));
    }

    [Requirement("TOE-LIST-013", "An option of accepted connections that the adapter cannot honour is a downgrade, and never dropped in silence.", Source = "ListenResult.Downgrades",
        Covers = ["AdapterListenRequest.Options", "Capability.CongestionControl"], Needs = AdapterFeatures.PassiveOpen)]
    public async Task UnknownOption_IsADowngrade()
    {
        var listener = await Bench.ListenAsync(options: new ToeSocketOptions { CongestionControl = "no-such-algorithm" });
        Check.That(listener.Downgrades.Any(static reason => reason.Class == ToeReasonClass.Capability), "a congestion control that does not exist was taken without a word");
    }

    [Requirement("TOE-LIST-014", "The default options of accepted connections are no reason for a downgrade.", Source = "ListenResult.Downgrades", Covers = ["ToeSocketOptions.Default"], Level = RequirementLevel.Should, Needs = AdapterFeatures.PassiveOpen)]
    public async Task DefaultOptions_AreHonoured()
    {
        var listener = await Bench.ListenAsync();
        Check.That(listener.Downgrades.Count == 0, string.Join("; ", listener.Downgrades));
    }

    [Requirement("TOE-LIST-015", "Two listeners that leave the port open get different ones.", Source = "IToeAdapterListener.LocalEndPoint", Covers = ["AdapterListenRequest.Local"], Needs = AdapterFeatures.PassiveOpen)]
    public async Task OpenPorts_AreDifferent()
    {
        var (one, other) = (await Bench.ListenAsync(), await Bench.ListenAsync());
        Check.That(!one.EndPoint.Equals(other.EndPoint), $"both are at {one.EndPoint}");
        var (ours, theirs) = await other.AcceptAsync();
        Check.Equal(0, one.Events.Waiting);
        await theirs.SendAsync(new byte[] { 7 }, Stop);
        Check.Bytes([7], await ours.ReadAsync(1));
    }

    [Requirement("TOE-LIST-016", "A peer that was not admitted may knock again, is asked about again, and is accepted then.", Source = "IAdapterListenerEvents.Admit", Covers = ["IAdapterListenerEvents.OnAccepted"], Needs = AdapterFeatures.PassiveOpen)]
    public async Task NotAdmitted_MayKnockAgain()
    {
        if (!Adapter.Status.Capabilities.Has(AdapterFeatures.AdmitsAtSyn))
            throw new NotOfferedException("it does not ask at the SYN");
        var listener = await Bench.ListenAsync();
        listener.Events.Refusal = ToeReasons.PolicyForbidden;
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop))
        {
            var connecting = (await Bench.PeerAsync()).ConnectAsync(listener.EndPoint, patience.Token).AsTask();
            await Bench.UntilAsync(() => listener.Events.Asked.Count > 0, "nobody asked at the SYN");
            await patience.CancelAsync();
            await IgnoreAsync(connecting);
        }

        listener.Events.Refusal = ToeReason.None;
        var before = listener.Events.Asked.Count;
        var (ours, theirs) = await listener.AcceptAsync();
        Check.That(listener.Events.Asked.Count > before, "nobody asked again");
        await theirs.SendAsync("now"u8.ToArray(), Stop);
        Check.Text("now", await ours.ReadAsync(3));
    }

    [Requirement("TOE-LIST-017", "A listener at an address that is not the adapter's is refused.", Source = "AdapterListenRequest.Local", Covers = ["IToeAdapter.Serves", "Route.LocalAddress"])]
    public async Task ForeignAddress_IsRefused()
    {
        if (Adapter.Status.Capabilities.Addresses == AddressModel.Fabric)
            throw new NotOfferedException("on a fabric every address is everybody's");
        var foreign = IPAddress.Parse("192.0.2.77"); // TEST-NET-1, RFC 5737.
        try
        {
            await Bench.ListenAsync(new IPEndPoint(foreign, 0));
        }
        catch (RefusedException exception)
        {
            Check.That(exception.Reason.Class is ToeReasonClass.Route or ToeReasonClass.Capability, $"it was refused with {exception.Reason}");
            Check.That(!Adapter.Serves(foreign).IsNone, "it says that it serves the address");
            return;
        }

        throw new UnmetException("it listens there");
    }

    [Requirement("TOE-LIST-018", "The next connection is accepted while the application still holds the one before, and each is a connection of its own.", Source = "IAdapterListenerEvents.OnAccepted", Needs = AdapterFeatures.PassiveOpen)]
    public async Task Accepted_AreSeparate()
    {
        var listener = await Bench.ListenAsync();
        var pairs = new List<(TestedSocket Ours, IPeerConnection Theirs)>();
        for (var i = 0; i < 8; i++)
            pairs.Add(await listener.AcceptAsync());
        for (var i = pairs.Count - 1; i >= 0; i--)
            await pairs[i].Theirs.SendAsync(new byte[] { (byte)i }, Stop);
        for (var i = 0; i < pairs.Count; i++)
            Check.Bytes([(byte)i], await pairs[i].Ours.ReadAsync(1));
    }

    [Requirement("TOE-LIST-019", "An accepted connection can be ended from inside of its acceptance.", Source = "IAdapterListenerEvents.OnAccepted", Covers = ["IToeAdapterSocket.Abort"], Needs = AdapterFeatures.PassiveOpen)]
    public async Task Accepted_MayBeAbortedAtOnce()
    {
        var listener = await Bench.ListenAsync();
        listener.Events.Accepted = static socket => socket.Abort();
        var peer = await Bench.PeerAsync();
        try
        {
            await using var theirs = await peer.ConnectAsync(listener.EndPoint, Stop);
            Check.Equal(0, await theirs.ReceiveAsync(new byte[1], Stop));
        }
        catch (SocketException)
        {
            // Reset, as asked.
        }

        listener.Events.Accepted = null;
        await (await listener.TakeAsync()).DisposeAsync();
        await listener.AcceptAsync(); // The next one is none the worse.
    }

    [Requirement("TOE-LIST-020", "A SYN that is not admitted is the host's: where the addresses are shared and peers speak plain TCP, its own listener at the port has the connection.", Source = "IAdapterListenerEvents.Admit",
        Covers = ["AddressModel.SharedWithHost"], Needs = AdapterFeatures.PassiveOpen)]
    public async Task NotAdmitted_IsTheHosts()
    {
        var declared = Adapter.Status.Capabilities;
        if (declared.Addresses != AddressModel.SharedWithHost || !declared.Has(AdapterFeatures.AdmitsAtSyn))
            throw new NotOfferedException("it does not ask at the SYN, or has no address in common with the host");
        if (declared.Model == OffloadModel.Rdma)
            throw new NotOfferedException("its peers speak iWARP, which no listener of the host understands, and a port that it listens at is not the host's");
        var peer = await Bench.PeerAsync();
        using var host = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        host.Bind(new IPEndPoint(peer.AdapterAddress(AddressFamily.InterNetwork), 0));
        host.Listen();
        var listener = await Bench.ListenAsync((IPEndPoint)host.LocalEndPoint!);
        listener.Events.Refusal = ToeReasons.PolicyForbidden;
        await using var theirs = await peer.ConnectAsync(listener.EndPoint, Stop);
        using var accepted = await host.AcceptAsync(Stop);
        await accepted.SendAsync("from the host"u8.ToArray(), Stop);
        Check.Text("from the host", await theirs.ReadAsync(13, Stop));
        Check.Equal(0, listener.Events.Waiting);
    }

    private static async Task IgnoreAsync(Task<IPeerConnection> connecting)
    {
        try
        {
            await using var connection = await connecting;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // Refused, or given up.
        }
    }
}
