using System.Net;
using System.Net.Sockets;
using Toe.Core.Tests.Connections;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Hosting;

/// <summary>Established sockets are taken over, and closed where they cannot be.</summary>
public sealed class AdoptTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EstablishedSocket_IsAConnectionLikeAnother()
    {
        var adapter = new ScriptedAdapter("unasked");
        await using var bench = StackBench.Create(adapter);
        var (socket, peer) = await PairAsync();
        using var far = peer;

        await using var connection = await bench.Stack.AdoptAsync(socket, Token);

        Assert.Equal((null, OffloadConfidence.NotOffloaded), (connection.Placement.AdapterId, connection.Placement.Confidence));
        Assert.True(connection.Placement.Reason.Is(ToeReasons.OperatorMoved));
        Assert.Equal(CandidateOutcome.NotAsked, connection.Trace.Candidates.Single().Outcome);
        Assert.Equal((far.RemoteEndPoint, far.LocalEndPoint), (connection.LocalEndPoint, connection.RemoteEndPoint));
        Assert.Contains(connection, bench.Stack.Connections);
        await far.SendAsync(new byte[] { 1, 2, 3 }, Token);
        Assert.Equal(3, await ConnectionPair.Soon(connection.ReceiveAsync(new byte[8], Token)));
        await connection.SendAsync(new byte[] { 4 }, Token);
        Assert.Equal(1, await far.ReceiveAsync(new byte[8], Token));
        await connection.DisposeAsync();
        Assert.Equal(0, await far.ReceiveAsync(new byte[8], Token));
        Assert.Throws<ObjectDisposedException>(() => socket.Available);
    }

    [Fact]
    public async Task WhatIsNoConnectedTcpSocket_IsRefused_AndClosed()
    {
        await using var bench = StackBench.Create();
        using var server = StackBench.HostServer();
        var unconnected = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var datagram = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        datagram.Connect(server.LocalEndpoint);
        var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        var (local, localPeer) = LocalPair();
        using var other = localPeer;
        foreach (var socket in new[] { unconnected, datagram, listening, local })
        {
            Assert.Equal("established", (await Assert.ThrowsAsync<ArgumentException>(() => bench.Stack.AdoptAsync(socket, Token).AsTask())).ParamName);
            Assert.Throws<ObjectDisposedException>(() => socket.Available);
        }

        await Assert.ThrowsAnyAsync<Exception>(() => bench.Stack.AdoptAsync(unconnected, Token).AsTask()); // Disposed by now.
        await Assert.ThrowsAsync<ArgumentNullException>(() => bench.Stack.AdoptAsync(null!, Token).AsTask());
        Assert.Empty(bench.Stack.Connections);
    }

    [Fact]
    public async Task CancelledOrTooLate_ClosesTheSocket()
    {
        var bench = StackBench.Create();
        var (socket, peer) = await PairAsync();
        using (peer)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Stack.AdoptAsync(socket, new CancellationToken(canceled: true)).AsTask());
            Assert.Throws<ObjectDisposedException>(() => socket.Available);
        }

        await bench.DisposeAsync();
        (socket, peer) = await PairAsync();
        using (peer)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => bench.Stack.AdoptAsync(socket, Token).AsTask());
            Assert.Throws<ObjectDisposedException>(() => socket.Available);
        }
    }

    [Fact]
    public async Task ModeThatWantsAnAdapter_RefusesIt_AndCloses()
    {
        await using var bench = StackBench.Configured(new() { ["Toe:Mode"] = "Require" }, new ScriptedAdapter("one"));
        var (socket, peer) = await PairAsync();
        using var far = peer;

        var thrown = await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.Stack.AdoptAsync(socket, Token).AsTask());

        Assert.True(thrown.Trace.Failed);
        Assert.Throws<ObjectDisposedException>(() => socket.Available);
    }

    [Theory, InlineData(false), InlineData(true), Trait("Requirement", "TOE-POLI-009")]
    public async Task SocketThatAModuleMayHave_IsNotClaimedForTheHost_NotEvenBeforeDiscovery(bool forbidden)
    {
        var module = new ScriptedKernelAdapter("t4_tom", canKeepOff: true);
        var provider = new ScriptedProvider(module);
        var discovery = provider.Discovering.Hangs();
        await using var bench = StackBench.Create(
            new() { ["Toe:Mode"] = forbidden ? "Forbid" : "Prefer", ["Toe:ControlDeadline"] = "00:10:00" }, [provider], [module]);
        var (socket, peer) = await PairAsync();
        using var far = peer;

        var adopting = bench.Stack.AdoptAsync(socket, Token).AsTask();
        discovery.SetResult();

        if (forbidden)
        {
            var thrown = await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => ConnectionPair.Soon(adopting));
            Assert.True(thrown.Trace.Reason.Is(ToeReasons.EnvironmentUncontrolled));
            Assert.Throws<ObjectDisposedException>(() => socket.Available);
            return;
        }

        await using var connection = await ConnectionPair.Soon(adopting);
        Assert.Equal(OffloadConfidence.Unknown, connection.Placement.Confidence); // Nobody could mark it before it connected.
        Assert.True(connection.Placement.Reason.Is(ToeReasons.EnvironmentUncontrolled));
    }

    [Fact, Trait("Requirement", "TOE-TIME-005")]
    public async Task DisposalOfTheStack_EndsAnAdoptionThatWaits()
    {
        var provider = new ScriptedProvider();
        var discovery = provider.Discovering.Hangs();
        await using var bench = StackBench.Create(new() { ["Toe:ControlDeadline"] = "00:10:00" }, [provider], []);
        var (socket, peer) = await PairAsync();
        using var far = peer;
        var adopting = bench.Stack.AdoptAsync(socket, Token).AsTask();
        Assert.False(adopting.IsCompleted);

        var disposing = bench.Stack.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => ConnectionPair.Soon(adopting));
        Assert.Throws<ObjectDisposedException>(() => socket.Available);
        discovery.SetResult();
        await bench.RunAsync(disposing);
    }

    private static async Task<(Socket Socket, Socket Peer)> PairAsync()
    {
        using var server = StackBench.HostServer();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.LocalEndpoint, Token);
        return (socket, await server.AcceptSocketAsync(Token));
    }

    private static (Socket One, Socket Other) LocalPair()
    {
        var path = Path.Combine(Path.GetTempPath(), $"toe-{Guid.NewGuid():N}.sock");
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(path));
        server.Listen();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return (socket, server.Accept());
    }
}
