using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance.Suites;

/// <summary>An open reserves what a connection needs, and sends nothing.</summary>
internal sealed class OpenSuite : Suite
{
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    [Requirement("TOE-OPEN-001", "An open sends nothing: no peer sees a connection before it is connected.", Source = "IToeAdapter.OpenAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Open_SendsNothing()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        await Bench.OpenAsync(listener.EndPoint);
        await Bench.PassAsync(Breath);
        Check.That(!listener.IsPending, "the peer has a connection");
    }

    [Requirement("TOE-OPEN-002", "An opened socket that is disposed before it connects leaves nothing behind, and the peer sees nothing.", Source = "IToeAdapterSocket.DisposeAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task DisposedBeforeConnect_IsAsIfNeverOpened()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var socket = await Bench.OpenAsync(listener.EndPoint);
        await socket.DisposeAsync();
        await Bench.PassAsync(Breath);
        Check.That(!listener.IsPending, "the peer has a connection");
    }

    [Requirement("TOE-OPEN-003", "An opened socket names the peer that it was opened for.", Source = "IToeAdapterSocket.RemoteEndPoint", Covers = ["OpenRequest.Remote"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task RemoteEndPoint_IsTheOneAskedFor()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var socket = await Bench.OpenAsync(listener.EndPoint);
        Check.Equal(listener.EndPoint, socket.Raw.RemoteEndPoint);
    }

    [Requirement("TOE-OPEN-004", "A local endpoint that is asked for is the connection's, as the peer sees it.", Source = "OpenRequest.Local", Covers = ["IToeAdapterSocket.LocalEndPoint"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task LocalEndPoint_IsTheOneAskedFor()
    {
        var peer = await Bench.PeerAsync();
        await using var listener = await peer.ListenAsync(AddressFamily.InterNetwork, Stop);
        var first = await Bench.OpenAsync(listener.EndPoint, new IPEndPoint(peer.AdapterAddress(AddressFamily.InterNetwork), 0));
        await first.ConnectAsync();
        var wanted = new IPEndPoint(first.Raw.LocalEndPoint.Address, first.Raw.LocalEndPoint.Port - 7); // Not the next one, which may come by itself.
        Bench.Own(await listener.AcceptAsync(Stop));
        var (result, events) = await Bench.TryOpenAsync(listener.EndPoint, wanted);
        Check.That(result.Socket is not null || result.Refusal.Is(ToeReasons.RouteTupleInUse), $"it was refused: {result.Refusal}");
        if (result.Socket is null)
            return; // Somebody has the port.
        var socket = Bench.Own(new TestedSocket(result.Socket, events, [], Stop));
        await socket.ConnectAsync();
        Check.Equal(wanted, socket.Raw.LocalEndPoint);
        Check.Equal(wanted, Bench.Own(await listener.AcceptAsync(Stop)).RemoteEndPoint);
    }

    [Requirement("TOE-OPEN-005", "A local address that is not the adapter's is refused.", Source = "OpenRequest.Local", Covers = ["Route.LocalAddress"])]
    public async Task ForeignLocalAddress_IsRefused()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        if (Adapter.Status.Capabilities.Addresses == AddressModel.Fabric)
            throw new NotOfferedException("on a fabric every address is everybody's");
        var (result, _) = await Bench.TryOpenAsync(listener.EndPoint, new IPEndPoint(IPAddress.Parse("192.0.2.77"), 0));
        if (result.Socket is { } socket)
            await socket.DisposeAsync();
        Check.That(result.Socket is null, "it was taken");
        Check.That(result.Refusal.Class is ToeReasonClass.Route or ToeReasonClass.Capability, $"it was refused with {result.Refusal}");
    }

    [Requirement("TOE-OPEN-006", "An open that is cancelled before it begins is cancelled, refused or complete, and does not hang.", Source = "IToeAdapter.OpenAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Open_HearsItsCancellation()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        try
        {
            var result = await Adapter.OpenAsync(new OpenRequest(null, listener.EndPoint, ToeSocketOptions.Default), new SocketEventLog(), cancelled.Token);
            if (result.Socket is { } socket)
                await socket.DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // The usual answer.
        }

        await Bench.OpenAsync(listener.EndPoint); // The next one is none the worse.
    }

    [Requirement("TOE-OPEN-007", "An option that the adapter cannot honour is a downgrade, and never dropped in silence.", Source = "OpenResult.Downgrades",
        Covers = ["OpenRequest.Options", "ToeSocketOptions.CongestionControl", "Capability.CongestionControl", "Capability.SocketOption"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task UnknownOption_IsADowngrade()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var socket = await Bench.OpenAsync(listener.EndPoint, options: new ToeSocketOptions { CongestionControl = "no-such-algorithm" });
        Check.That(socket.Downgrades.Any(static reason => reason.Class == ToeReasonClass.Capability), "a congestion control that does not exist was taken without a word");
    }

    [Requirement("TOE-OPEN-008", "The default options are no reason for a downgrade.", Source = "OpenResult.Downgrades", Covers = ["ToeSocketOptions.Default"], Level = RequirementLevel.Should, Needs = AdapterFeatures.ActiveOpen)]
    public async Task DefaultOptions_AreHonoured()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var socket = await Bench.OpenAsync(listener.EndPoint);
        Check.That(socket.Downgrades.Count == 0, string.Join("; ", socket.Downgrades));
    }

    [Requirement("TOE-OPEN-009", "The adapter answers whether it reaches a peer, and opens where it says so.", Source = "IToeAdapter.Reaches", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Reaches_IsTrueOfThePeer()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var answer = Adapter.Reaches(null, listener.EndPoint, host: null);
        Check.That(answer.IsNone || Adapter.Status.Capabilities.Addresses == AddressModel.SharedWithHost, $"a peer that listens is not reached: {answer}"); // A shared address needs the host's route.
        await (await Bench.OpenAsync(listener.EndPoint)).ConnectAsync();
    }

    [Requirement("TOE-OPEN-010", "Many opens at the same time are each answered.", Source = "IToeAdapter.OpenAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Opens_MayMeet()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var results = await Task.WhenAll([.. Enumerable.Range(0, 16).Select(_ => Task.Run(() => Bench.TryOpenAsync(listener.EndPoint)))]);
        foreach (var (result, events) in results)
        {
            if (result.Socket is { } socket)
                Bench.Own(new TestedSocket(socket, events, [], Stop));
        }

        if (results.FirstOrDefault(static one => one.Result.Socket is null).Result.Refusal is { IsNone: false } refusal)
            throw new RefusedException("one of 16 opens", refusal);
    }

    [Requirement("TOE-OPEN-011", "An open is answered with a socket or with a reason, and never with both or neither.", Source = "OpenResult.Socket", Covers = ["OpenResult.Refusal"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Answer_IsOneOfTwo()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        await Bench.OpenAsync(listener.EndPoint);
        var (foreign, events) = await Bench.TryOpenAsync(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9)); // TEST-NET-1, RFC 5737; whatever the answer.
        if (foreign.Socket is { } socket)
            Bench.Own(new TestedSocket(socket, events, [], Stop));
    }

    [Requirement("TOE-OPEN-012", "Each option by itself, and all of them at once, make a connection that works; what is not honoured is a downgrade of the class Capability.", Source = "OpenRequest.Options",
        Covers = ["ToeSocketOptions.NoDelay", "ToeSocketOptions.KeepAlive", "ToeSocketOptions.ReceiveBuffer", "ToeSocketOptions.SendBuffer", "ToeSocketOptions.TrafficClass", "ToeSocketOptions.UserTimeout",
            "OpenResult.Downgrades", "Capability.SocketOption", "Capability.BufferSize"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task EachOption_IsTakenOrTold()
    {
        var all = new ToeSocketOptions { NoDelay = false, KeepAlive = true, ReceiveBuffer = 1 << 16, SendBuffer = 1 << 16, TrafficClass = 0x20, UserTimeout = TimeSpan.FromMinutes(1) };
        foreach (var options in (ToeSocketOptions[])[
            new() { NoDelay = all.NoDelay }, new() { KeepAlive = all.KeepAlive }, new() { ReceiveBuffer = all.ReceiveBuffer }, new() { SendBuffer = all.SendBuffer },
            new() { TrafficClass = all.TrafficClass }, new() { UserTimeout = all.UserTimeout }, all])
        {
            var (ours, theirs) = await Bench.ConnectAsync(options);
            Check.That(ours.Downgrades.All(static reason => reason.Class == ToeReasonClass.Capability), $"{options} is downgraded with {string.Join("; ", ours.Downgrades)}");
            await ours.TalkAsync(theirs, Stop);
        }
    }

    [Requirement("TOE-OPEN-013", "A send buffer that is asked for bounds what is taken from an application whose peer does not read, or is a downgrade.", Source = "ToeSocketOptions.SendBuffer", Covers = ["Capability.BufferSize"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task SendBuffer_Bounds()
    {
        const int Small = 4 << 10, Large = 4 << 20, Least = 32 << 10; // Buffers may grow into what they are allowed.
        var (few, fewDowngrades) = await TakenAsync(Small);
        var (many, manyDowngrades) = await TakenAsync(Large);
        if (fewDowngrades.Count + manyDowngrades.Count == 0)
            Check.That(many - few >= Least, $"a send buffer of {Small} bytes takes {few}, one of {Large} takes {many}, and neither is a downgrade");

        async Task<(int Taken, IReadOnlyList<ToeReason> Downgrades)> TakenAsync(int size)
        {
            var (ours, _) = await Bench.ConnectAsync(new ToeSocketOptions { SendBuffer = size });
            return (await BackPressureSuite.FillAsync(ours), ours.Downgrades);
        }
    }

    [Requirement("TOE-OPEN-014", "A traffic class that is asked for is in the packets of the connection, or is a downgrade.", Source = "ToeSocketOptions.TrafficClass", Covers = ["Capability.SocketOption"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task TrafficClass_IsInThePackets()
    {
        const byte Class = 0x48; // AF21, RFC 2597.
        if (Adapter is not ICapturesPackets capturing)
            throw new NotOfferedException("it captures no packets");
        var log = new PacketLog();
        var started = await capturing.StartCaptureAsync(log, Stop);
        var capture = started.Capture ?? throw new RefusedException("the capture", started.Refusal);
        await using (capture)
        {
            var (ours, theirs) = await Bench.ConnectAsync(new ToeSocketOptions { TrafficClass = Class });
            await ours.SendAsync(new byte[] { 1 });
            await theirs.ReadAsync(1, Stop);
            if (ours.Downgrades.Count > 0)
                return;
            var header = capturing.CaptureLinkType == CaptureLinkType.Ethernet ? 14 : 0;
            await Bench.UntilAsync(
                () => log.Packets.Any(packet => packet.IsOutbound && packet.Bytes.Length > header + 1 && packet.Bytes[header] == 0x45 && (packet.Bytes[header + 1] & 0xFC) == Class),
                "no packet that it sends has the class, and that is no downgrade");
        }
    }

    [Requirement("TOE-OPEN-015", "Options that are out of range are refused, a downgrade or an argument's exception, and the next open is none the worse.", Source = "OpenRequest.Options", Covers = ["ToeSocketOptions.Validate"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task NonsensicalOptions_DoNoHarm()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        foreach (var options in (ToeSocketOptions[])[
            new() { ReceiveBuffer = int.MaxValue, SendBuffer = int.MaxValue }, new() { ReceiveBuffer = 1, SendBuffer = 1 }, new() { UserTimeout = TimeSpan.MaxValue }, new() { CongestionControl = "" }])
        {
            try
            {
                var (result, _) = await Bench.TryOpenAsync(listener.EndPoint, options: options);
                if (result.Socket is { } socket)
                    await socket.DisposeAsync();
                Check.That(result.Socket is null || options.CongestionControl is null || result.Downgrades?.Count > 0, "an algorithm without a name was taken without a word");
            }
            catch (ArgumentException)
            {
                // Said, and nothing was taken.
            }
        }

        await (await Bench.OpenAsync(listener.EndPoint)).ConnectAsync();
    }

    [Requirement("TOE-OPEN-016", "A peer that is no endpoint of one host is refused with a reason, and not with a connection.", Source = "OpenRequest.Remote", Covers = ["OpenResult.Refusal"])]
    public async Task ImpossiblePeers_AreRefused()
    {
        foreach (var remote in (IPEndPoint[])[new(IPAddress.Any, 9), new(IPAddress.Broadcast, 9), new(IPAddress.Parse("224.0.0.1"), 9), new((await Bench.PeerAsync()).AdapterAddress(AddressFamily.InterNetwork), 0)])
        {
            var (result, _) = await Bench.TryOpenAsync(remote);
            if (result.Socket is not { } socket)
                continue;
            // Refused at the connect is early enough.
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            patience.CancelAfter(TimeSpan.FromMilliseconds(100));
            try
            {
                Check.That((await socket.ConnectAsync(patience.Token)).Outcome != ConnectOutcome.Connected, $"it connected to {remote}");
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                // Not connected.
            }
            finally
            {
                await socket.DisposeAsync();
            }
        }
    }
}
