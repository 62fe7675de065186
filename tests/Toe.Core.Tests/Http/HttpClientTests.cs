using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Toe.Core.Tests.Connections;
using Toe.Core.Tests.Scripted;
using Toe.Emulated.Links;

namespace Toe.Core.Tests.Http;

/// <summary>HttpClient over the stack: loopback and fabric, plain and under TLS.</summary>
public sealed class HttpClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(false), InlineData(true)]
    public async Task Requests_ShareAConnection_AndBodiesArriveWhole(bool fabric)
    {
        await using var bench = HttpBench.Start(fabric);
        await using var server = new SmallHttpServer(await bench.ListenAsync());
        using var client = HttpBench.Client(bench.Stack);
        var body = RandomNumberGenerator.GetBytes(1_000_000);

        for (var request = 0; request < 5; request++)
        {
            using var answer = await client.PostAsync(new Uri($"http://127.0.0.1:{server.Port}/"), new ByteArrayContent(body), Token);
            Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Token));
        }

        Assert.Equal((1, fabric ? "emulated:fabric" : null), (server.Connections, server.LastAdapter));
        Assert.Equal(2, bench.Stack.Connections.Count);
        client.Dispose();
        await StackBench.UntilAsync(() => bench.Stack.Connections.Count == 0); // Both ends: the client's pool closed, and the server saw FIN.
    }

    [Fact]
    public async Task ManyAtOnce_EachHaveTheirOwn()
    {
        await using var bench = HttpBench.Start(fabric: true);
        await using var server = new SmallHttpServer(await bench.ListenAsync());
        using var client = HttpBench.Client(bench.Stack);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            var body = new byte[i * 1000];
            Array.Fill(body, (byte)i);
            using var answer = await client.PostAsync(new Uri($"http://localhost:{server.Port}/"), new ByteArrayContent(body), Token);
            Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Token));
        }));

        Assert.InRange(server.Connections, 1, 20);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Tls_RunsAboveTheConnection(bool fabric)
    {
        using var certificate = HttpBench.MakeCertificate();
        await using var bench = HttpBench.Start(fabric);
        await using var server = new SmallHttpServer(await bench.ListenAsync(), async plain =>
        {
            var secure = new SslStream(plain);
            await secure.AuthenticateAsServerAsync(certificate);
            return secure;
        });
        using var client = HttpBench.Client(bench.Stack, handler => handler.Trust(certificate));
        var body = RandomNumberGenerator.GetBytes(300_000);

        using var answer = await client.PostAsync(new Uri($"https://localhost:{server.Port}/"), new ByteArrayContent(body), Token);

        Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(fabric ? "emulated:fabric" : null, server.LastAdapter);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task AnswerCutShort_IsAnError(bool fabric)
    {
        await using var bench = HttpBench.Start(fabric);
        await using var server = new SmallHttpServer(await bench.ListenAsync()) { Missing = 10 };
        using var client = HttpBench.Client(bench.Stack);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"http://127.0.0.1:{server.Port}/"), Token));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task NobodyThere_IsTheSocketsError(bool fabric)
    {
        await using var bench = HttpBench.Start(fabric);
        using var client = HttpBench.Client(bench.Stack);
        int port;
        using (var server = StackBench.HostServer())
            port = ((IPEndPoint)server.LocalEndpoint).Port;

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), Token));

        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(refused.InnerException).SocketErrorCode);
    }

    [Fact]
    public async Task PeerThatResets_IsTheClientsError()
    {
        var adapter = new ScriptedAdapter("one");
        adapter.Answers(SocketError.ConnectionReset);
        await using var bench = StackBench.Create(adapter);
        await bench.Stack.StartAsync(Token);
        using var client = HttpBench.Client(bench.Stack);

        var reset = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri("http://192.0.2.1/"), Token));

        Assert.Equal(HttpRequestError.ConnectionError, reset.HttpRequestError);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(reset.InnerException).SocketErrorCode);
    }

    [Fact]
    public async Task SilentServerOfTheHost_IsTheHandlersConnectTimeout()
    {
        using var busy = await BusyServer.StartAsync();
        await using var bench = HttpBench.Start(fabric: false);
        await TimesOutAsync(bench, busy.EndPoint);
    }

    [Fact]
    public async Task SilentServerOnTheFabric_IsTheHandlersConnectTimeout()
    {
        await using var bench = HttpBench.Start(fabric: true, new LinkFaults { Loss = 1 });
        await using var listener = await bench.ListenAsync();
        await TimesOutAsync(bench, listener.LocalEndPoint);
    }

    [Fact]
    public async Task Mode_IsHonoured()
    {
        await using var bench = HttpBench.Start(fabric: false);
        await using var server = new SmallHttpServer(await bench.ListenAsync());
        using var client = HttpBench.Client(bench.Stack, mode: ToeMode.Require);

        var failed = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"http://127.0.0.1:{server.Port}/"), Token));

        Assert.IsType<ToeOffloadRequiredException>(failed.InnerException);
    }

    [Fact]
    public async Task CancelledRequest_LeavesNothingBehind()
    {
        var adapter = new ScriptedAdapter("slow");
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        adapter.Connect = async (_, token) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return ConnectResult.Connected;
        };
        await using var bench = StackBench.Create(adapter); // Proves at its end that nothing leaked.
        await bench.Stack.StartAsync(Token);
        using var client = HttpBench.Client(bench.Stack);
        using var cancellation = new CancellationTokenSource();
        var getting = client.GetStringAsync(new Uri("http://192.0.2.1/"), cancellation.Token);
        await ConnectionPair.Soon(asked.Task);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConnectionPair.Soon(getting));
    }

    [Fact]
    public async Task ConnectCallbackOfSomebodyElse_IsNotOverwritten()
    {
        await using var bench = HttpBench.Start(fabric: false);
        using var taken = new SocketsHttpHandler { ConnectCallback = static (_, _) => default };
        using var free = new SocketsHttpHandler();

        Assert.Throws<InvalidOperationException>(() => taken.UseToe(bench.Stack));
        Assert.Same(free, free.UseToe(bench.Stack).UseToe(bench.Stack, ToeMode.Require));
    }

    private static async Task TimesOutAsync(StackBench bench, IPEndPoint server)
    {
        using var client = HttpBench.Client(bench.Stack, static handler => handler.ConnectTimeout = TimeSpan.FromMilliseconds(100));

        var late = await Assert.ThrowsAsync<TaskCanceledException>(() => client.GetStringAsync(new Uri($"http://{server}/"), Token));

        Assert.IsType<TimeoutException>(late.InnerException);
        await StackBench.UntilAsync(() => bench.Stack.Connections.Count == 0);
    }
}
