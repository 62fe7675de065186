using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance.Tests;

/// <summary>A peer on another machine, here the same one: what is asked over the control connection is done over there.</summary>
[Collection("whole kit")] // Not at once: providers that hang keep threads.
public sealed class RemotePeerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HostSockets_MeetWithARemotePeerWhatTheyMeetWithALocalOne()
    {
        await using var server = NewServer();
        var serving = server.RunAsync(Stop);
        var requirements = ConformanceKit.Requirements.Where(static requirement => requirement.Suite is "Connect" or "Stream" or "Close" or "Listen" or "BackPressure" or "Model");

        var report = await ConformanceKit.RunAsync(new RemoteOracle(server.EndPoint), Fixtures.Patient, requirements, cancellationToken: Stop);

        Assert.True(report.IsGood, string.Join('\n', report.Results.Where(static result => result.IsBad).Select(static result => $"{result.Requirement.Id} {result.Outcome}: {result.Detail}")));
        Assert.Equal(0, report.Count(Outcome.Skipped));
        await server.DisposeAsync();
        await serving;
    }

    [Fact]
    public async Task KitThatGoes_LeavesNothingOpen()
    {
        await using var server = NewServer();
        var serving = server.RunAsync(Stop);
        using var target = new TcpListener(IPAddress.Loopback, 0);
        target.Start();
        var peer = await RemotePeer.ConnectAsync(server.EndPoint, [IPAddress.Loopback], Stop);
        await peer.ConnectAsync((IPEndPoint)target.LocalEndpoint, Stop);
        using var accepted = await target.AcceptSocketAsync(Stop);

        await peer.DisposeAsync();

        Assert.Equal(0, await accepted.ReceiveAsync(new byte[1], Stop));
        await server.DisposeAsync();
        await serving;
    }

    [Fact]
    public async Task Errors_AreThoseOfTheSocketOverThere()
    {
        await using var server = NewServer();
        var serving = server.RunAsync(Stop);
        await using var peer = await RemotePeer.ConnectAsync(server.EndPoint, [IPAddress.Loopback], Stop);
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // Bound, and not listening: nobody else gets the port.

        var refused = await Assert.ThrowsAsync<SocketException>(async () => await peer.ConnectAsync((IPEndPoint)closed.LocalEndPoint!, Stop));
        await using var listener = await peer.ListenAsync(AddressFamily.InterNetwork, Stop);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var accepting = listener.AcceptAsync(impatient.Token).AsTask();
        await impatient.CancelAsync();

        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
        Assert.False(listener.IsPending);
        await server.DisposeAsync();
        await serving;
    }

    [Theory]
    [InlineData("7FFFFFFF0000000101")] // A frame of 2 GiB.
    [InlineData("FFFFFFFF0000000101")] // Of a negative length.
    [InlineData("000000040000000106FFFFFFFF")] // A receive on a handle that there is not.
    [InlineData("0000000000000001FF")] // A call that there is not.
    [InlineData("474554202F20485454502F312E310D0A0D0A")] // GET / HTTP/1.1
    public async Task Strangers_EndNobodyElse(string hexadecimal)
    {
        await using var server = NewServer();
        var serving = server.RunAsync(Stop);
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await stranger.ConnectAsync(server.EndPoint, Stop);
        await stranger.SendAsync(Convert.FromHexString(hexadecimal), Stop);
        stranger.Shutdown(SocketShutdown.Send);
        try
        {
            while (await stranger.ReceiveAsync(new byte[256], Stop) > 0)
            {
                // An answer, or none.
            }
        }
        catch (SocketException)
        {
            // Thrown out.
        }

        await using var peer = await RemotePeer.ConnectAsync(server.EndPoint, [IPAddress.Loopback], Stop);
        await using var listener = await peer.ListenAsync(AddressFamily.InterNetwork, Stop);

        Assert.NotEqual(0, listener.EndPoint.Port);
        await server.DisposeAsync();
        await serving;
    }

    [Fact]
    public async Task ServerThatGoes_IsAnErrorAndNoHang()
    {
        var server = NewServer();
        var serving = server.RunAsync(Stop);
        await using var peer = await RemotePeer.ConnectAsync(server.EndPoint, [IPAddress.Loopback], Stop);
        var listener = await peer.ListenAsync(AddressFamily.InterNetwork, Stop);
        var accepting = listener.AcceptAsync(Stop).AsTask();

        await server.DisposeAsync();
        await serving;

        await Assert.ThrowsAnyAsync<Exception>(() => accepting.WaitAsync(TimeSpan.FromSeconds(30), Stop));
        await Assert.ThrowsAsync<ConformancePeerException>(async () => await peer.ListenAsync(AddressFamily.InterNetwork, Stop));
    }

    private static RemotePeerServer NewServer() => new(new IPEndPoint(IPAddress.Loopback, 0), new SocketPeer(IPAddress.Loopback, IPAddress.Loopback));

    private sealed class RemoteOracle(IPEndPoint control) : ConformanceFixture
    {
        public override string Substrate => "host sockets, remote peer";

        public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IToeProvider>(new HostSocketProvider());

        public override async ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) =>
            await RemotePeer.ConnectAsync(control, [IPAddress.Loopback], cancellationToken);
    }
}
