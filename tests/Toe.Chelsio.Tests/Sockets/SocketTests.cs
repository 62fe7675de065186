using System.Net;
using System.Net.Sockets;
using Toe.Chelsio.Sockets;
using Toe.Testing;

namespace Toe.Chelsio.Tests.Sockets;

/// <summary>What is set on sockets, and what a kernel socket of the provider does, on this kernel: it has no TOE module, so nothing here is offloaded.</summary>
public sealed class SocketTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void CapabilitySocketOption_and_others_that_a_card_does_not_honour_are_downgrades()
    {
        Needs.Linux();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var options = new ToeSocketOptions { UserTimeout = TimeSpan.FromSeconds(5), CongestionControl = "cubic", ReceiveBuffer = 65536, SendBuffer = 65536, TrafficClass = 0x28 };

        var downgrades = SocketOptions.Apply(socket, options, new ChelsioOptions { Dscp = 10 });

        Assert.Equal(
            ["Capability.BufferSize", "Capability.BufferSize", "Capability.CongestionControl", "Capability.SocketOption", "Capability.SocketOption"],
            downgrades.Select(downgrade => downgrade.Name).Order());
        Assert.Contains(downgrades, downgrade => downgrade.Text!.StartsWith("cubic: the card has", StringComparison.Ordinal));
        Assert.True(socket.NoDelay);
    }

    [Fact]
    public void AClassOfTraffic_IsHonoured_WhereItDoesNotSteer()
    {
        Needs.Linux();
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        Assert.Empty(SocketOptions.Apply(socket, new ToeSocketOptions { TrafficClass = 0x28 }, new ChelsioOptions { Mark = 12 }));
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public void ADscp_SteersWithoutPrivilege_AndIsSeen(AddressFamily family)
    {
        Needs.Linux();
        using var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        var options = new ChelsioOptions { Dscp = 10 };
        Assert.False(SocketSteering.LooksSteered(socket, options));
        Assert.True(SocketSteering.ToCard(socket, options).IsNone);
        Assert.True(SocketSteering.LooksSteered(socket, options));
    }

    [Fact]
    public void AMark_SteersWithPrivilege_AndIsSeen()
    {
        Needs.Root();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var options = new ChelsioOptions { Mark = 12 };
        Assert.False(SocketSteering.LooksSteered(socket, options));
        Assert.True(SocketSteering.ToCard(socket, options).IsNone);
        Assert.True(SocketSteering.LooksSteered(socket, options));
    }

    [Fact]
    public async Task TheProbe_SaysThatTheHostStackHasIt()
    {
        Needs.Linux();
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.LocalEndpoint, Token);
        Assert.Equal(OffloadConfidence.NotOffloaded, ConnectionProbe.Ask(socket));
    }

    [Fact]
    public async Task ASend_HasADeadline_OfTheConnectionOrElseOfTheOptions()
    {
        var remote = new IPEndPoint(IPAddress.Loopback, 9);
        var options = new ChelsioOptions { SendDeadline = TimeSpan.FromSeconds(40) };
        await using var asked = Open(remote, new ToeSocketOptions { UserTimeout = TimeSpan.FromSeconds(7) }, options);
        await using var silent = Open(remote, ToeSocketOptions.Default, options);

        Assert.Equal((TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(40)), (asked.SendDeadline, silent.SendDeadline));
        Assert.Throws<ArgumentException>(() => new ChelsioProvider(new ChelsioOptions { SendDeadline = TimeSpan.Zero }));
    }

    [Fact]
    public async Task APeersAnswer_IsThePeers()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var remote = (IPEndPoint)nobody.LocalEndpoint;
        nobody.Stop();
        await using var socket = Open(remote);
        Assert.Equal(ConnectResult.Answered(SocketError.ConnectionRefused), await socket.ConnectAsync(Token));
    }

    [Fact]
    public async Task AnIPv4Listener_BesideTheHosts_GetsWhatIsSentToItsAddress()
    {
        Needs.Linux();
        using var host = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        host.Bind(new IPEndPoint(IPAddress.Any, 0));
        host.Listen(5);
        var port = ((IPEndPoint)host.LocalEndPoint!).Port;
        var events = new Accepted();
        var request = new AdapterListenRequest(new IPEndPoint(IPAddress.Any, port), 5, ToeSocketOptions.Default);
        Assert.True(ChelsioListener.Open(request, [IPAddress.Loopback], events, new ChelsioOptions(), TimeProvider.System).Refusal.Is(ToeReasons.RouteTupleInUse));

        host.SetRawSocketOption(1, 15, BitConverter.GetBytes(1)); // As the stack does for its listeners where such an adapter is.
        var (listener, refusal, _) = ChelsioListener.Open(request, [IPAddress.Loopback], events, new ChelsioOptions(), TimeProvider.System);
        Assert.True(refusal.IsNone, refusal.ToString());
        await using var owned = listener!;
        listener!.Start();
        for (var i = 0; i < 8; i++)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), Token);
            await using var accepted = await events.NextAsync();
            Assert.Equal(client.LocalEndPoint, accepted.RemoteEndPoint);
        }

        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<SocketException>(() => stranger.Bind(new IPEndPoint(IPAddress.Any, port))); // Who does not ask for it still finds the port taken.
    }

    [Fact]
    public async Task DataCalls_MoveBytesAndEnd()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var ready = new Ready();
        await using var socket = Open((IPEndPoint)server.LocalEndpoint, ready);
        Assert.Equal(ConnectOutcome.Connected, (await socket.ConnectAsync(Token)).Outcome);
        using var peer = await server.AcceptSocketAsync(Token);

        Assert.Equal(IoStatus.WouldBlock, socket.TryReceive(new byte[4], out _));
        socket.Arm(Readiness.Receive);
        await peer.SendAsync(new byte[] { 1, 2, 3 }, Token);
        await ready.Received.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);
        Assert.Equal((IoStatus.Done, 0), (socket.TryReceive([], out var none), none));
        Assert.Equal((IoStatus.Done, 3), (socket.TryReceive(new byte[4], out var bytes), bytes));
        Assert.Equal((IoStatus.Done, 2), (socket.TrySend(new byte[2], out var sent), sent));
        Assert.Equal(IoStatus.Done, socket.TryCompleteSending());
        var rest = new byte[8];
        Assert.Equal(2, await peer.ReceiveAsync(rest, Token));
        Assert.Equal(0, await peer.ReceiveAsync(rest, Token));
        socket.Arm(Readiness.Receive);
        peer.Shutdown(SocketShutdown.Send);
        await ready.Received.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);
        Assert.Equal(OffloadConfidence.Unknown, socket.GetInfo().Confidence); // Eligibility alone confirms nothing.
    }

    private static ChelsioSocket Open(IPEndPoint remote, ToeSocketOptions socketOptions, ChelsioOptions options) => new(
        new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp), new OpenRequest(null, remote, socketOptions), new Ready(), options, canKeepOff: true);

    private static ChelsioSocket Open(IPEndPoint remote, IAdapterSocketEvents? events = null) => new(
        new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp), new OpenRequest(null, remote, ToeSocketOptions.Default), events ?? new Ready(), new ChelsioOptions(), canKeepOff: true);

    private sealed class Ready : IAdapterSocketEvents
    {
        public TaskCompletionSource Received { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnReady(Readiness what) => Received.TrySetResult();

        public void OnClosed(SocketError error, ToeReason reason)
        {
        }

        public void OnUploadWanted(ToeReason reason, bool mandatory)
        {
        }
    }

    private sealed class Accepted : IAdapterListenerEvents
    {
        private readonly System.Threading.Channels.Channel<IToeAdapterSocket> _sockets = System.Threading.Channels.Channel.CreateUnbounded<IToeAdapterSocket>();

        public async Task<IToeAdapterSocket> NextAsync() => await _sockets.Reader.ReadAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);

        public bool Admit(in IncomingConnection syn, out ToeReason refusal)
        {
            refusal = ToeReason.None;
            return true;
        }

        public void OnAccepted(IToeAdapterSocket socket, in IncomingConnection peer, out IAdapterSocketEvents events)
        {
            events = new Ready();
            _sockets.Writer.TryWrite(socket);
        }

        public void OnStopped(ToeReason reason)
        {
        }
    }
}
