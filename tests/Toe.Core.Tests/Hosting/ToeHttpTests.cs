using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Toe.Core.Tests.Connections;
using Toe.Core.Tests.Scripted;
using Toe.Emulated;
using Toe.Emulated.Links;

namespace Toe.Core.Tests.Hosting;

/// <summary>HttpClient over the stack: loopback and fabric, plain and under TLS.</summary>
public sealed class ToeHttpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(false), InlineData(true)]
    public async Task Requests_ShareAConnection_AndBodiesArriveWhole(bool fabric)
    {
        await using var bench = Start(fabric);
        await using var server = new SmallHttpServer(await bench.ListenAsync());
        using var client = Client(bench.Stack);
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
        await using var bench = Start(fabric: true);
        await using var server = new SmallHttpServer(await bench.ListenAsync());
        using var client = Client(bench.Stack);

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
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await using var bench = Start(fabric);
        await using var server = new SmallHttpServer(await bench.ListenAsync(), async plain =>
        {
            var secure = new SslStream(plain);
            await secure.AuthenticateAsServerAsync(certificate);
            return secure;
        });
        using var client = Client(bench.Stack, handler => handler.SslOptions.RemoteCertificateValidationCallback =
            (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString());
        var body = RandomNumberGenerator.GetBytes(300_000);

        using var answer = await client.PostAsync(new Uri($"https://localhost:{server.Port}/"), new ByteArrayContent(body), Token);

        Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(fabric ? "emulated:fabric" : null, server.LastAdapter);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task AnswerCutShort_IsAnError(bool fabric)
    {
        await using var bench = Start(fabric);
        await using var server = new SmallHttpServer(await bench.ListenAsync()) { Missing = 10 };
        using var client = Client(bench.Stack);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"http://127.0.0.1:{server.Port}/"), Token));
    }

    [Fact]
    public async Task NobodyThere_IsTheSocketsError()
    {
        await using var bench = Start(fabric: true);
        using var client = Client(bench.Stack);
        int port;
        using (var server = StackBench.HostServer())
            port = ((IPEndPoint)server.LocalEndpoint).Port;

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), Token));

        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionRefused, Assert.IsType<System.Net.Sockets.SocketException>(refused.InnerException).SocketErrorCode);
    }

    [Fact]
    public async Task Mode_IsHonoured()
    {
        await using var bench = Start(fabric: false);
        await using var server = new SmallHttpServer(await bench.ListenAsync());
        using var client = Client(bench.Stack, mode: ToeMode.Require);

        var failed = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"http://127.0.0.1:{server.Port}/"), Token));

        Assert.IsType<ToeOffloadRequiredException>(failed.InnerException);
        Assert.Throws<ArgumentNullException>(() => ToeHttp.ConnectCallback(null!));
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
        using var client = Client(bench.Stack);
        using var cancellation = new CancellationTokenSource();
        var getting = client.GetStringAsync(new Uri("http://192.0.2.1/"), cancellation.Token);
        await ConnectionPair.Soon(asked.Task);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConnectionPair.Soon(getting));
    }

    private static StackBench Start(bool fabric) => StackBench.Create(
        [], fabric ? [new EmulatedProvider([new EmulatedFabricOptions { Fabric = new Fabric() }])] : [], [],
        static services => services.AddSingleton(TimeProvider.System));

    private static HttpClient Client(IToeStack stack, Action<SocketsHttpHandler>? configure = null, ToeMode? mode = null)
    {
        var handler = new SocketsHttpHandler { ConnectCallback = ToeHttp.ConnectCallback(stack, mode), UseProxy = false };
        configure?.Invoke(handler);
        return new HttpClient(handler);
    }
}
