using System.Net;
using System.Security.Cryptography;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Http;

/// <summary>HttpClient over the stack to a real proxy, and HTTP/2 to a real server: what it does above its connections is as before.</summary>
public sealed class HttpProxyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(false), InlineData(true)]
    public async Task PlainRequests_AskTheProxyByWholeAddress(bool fabric)
    {
        await using var server = await WebServer.StartAsync();
        await using var bench = HttpBench.Start(fabric);
        await using var proxy = new Relay(await bench.ListenAsync());
        using var client = HttpBench.Client(bench.Stack, handler => Through(handler, proxy));
        var body = RandomNumberGenerator.GetBytes(200_000);

        for (var request = 0; request < 3; request++)
        {
            using var answer = await client.PostAsync(new Uri($"http://localhost:{server.EndPoint.Port}/a"), new ByteArrayContent(body), Token);
            Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Token));
        }

        Assert.Equal($"POST http://localhost:{server.EndPoint.Port}/a HTTP/1.1", Assert.Single(proxy.Asked)); // One connection for all.
        Assert.Equal(HttpBench.AdapterOf(fabric), proxy.LastAdapter);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task SecureRequests_TunnelThroughTheProxy(bool fabric)
    {
        using var certificate = HttpBench.MakeCertificate();
        await using var server = await WebServer.StartAsync(certificate);
        await using var bench = HttpBench.Start(fabric);
        await using var proxy = new Relay(await bench.ListenAsync());
        using var client = HttpBench.Client(bench.Stack, handler =>
        {
            Through(handler, proxy);
            handler.Trust(certificate);
        });
        var body = RandomNumberGenerator.GetBytes(200_000);

        using var answer = await client.PostAsync(new Uri($"https://localhost:{server.EndPoint.Port}/"), new ByteArrayContent(body), Token);

        Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal($"CONNECT localhost:{server.EndPoint.Port} HTTP/1.1", Assert.Single(proxy.Asked));
        Assert.Equal(HttpBench.AdapterOf(fabric), proxy.LastAdapter);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Http2_CarriesManyRequestsOnOneConnection(bool fabric)
    {
        using var certificate = HttpBench.MakeCertificate();
        await using var server = await WebServer.StartAsync(certificate);
        await using var bench = HttpBench.Start(fabric);
        await using var relay = new Relay(await bench.ListenAsync(), server.EndPoint);
        using var client = HttpBench.Client(bench.Stack, handler => handler.Trust(certificate));
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            var body = RandomNumberGenerator.GetBytes(i * 5000);
            using var answer = await client.PostAsync(new Uri($"https://localhost:{relay.Port}/"), new ByteArrayContent(body), Token);
            Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Token));
            Assert.Equal("HTTP/2", answer.Headers.GetValues("protocol").Single());
        }));

        Assert.Equal(2, bench.Stack.Connections.Count); // Both ends of one.
        Assert.All(bench.Stack.Connections, connection => Assert.Equal(HttpBench.AdapterOf(fabric), connection.Placement.AdapterId));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task CertificateThatIsNotTrusted_IsAnErrorOfTheClient_AndTheConnectionGoes(bool fabric)
    {
        using var certificate = HttpBench.MakeCertificate();
        await using var server = await WebServer.StartAsync(certificate);
        await using var bench = HttpBench.Start(fabric);
        await using var relay = new Relay(await bench.ListenAsync(), server.EndPoint);
        using var client = HttpBench.Client(bench.Stack);

        var failed = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"https://localhost:{relay.Port}/"), Token));

        Assert.Equal(HttpRequestError.SecureConnectionError, failed.HttpRequestError);
        await StackBench.UntilAsync(() => bench.Stack.Connections.Count == 0);
    }

    private static void Through(SocketsHttpHandler handler, Relay proxy)
    {
        handler.UseProxy = true;
        handler.Proxy = new WebProxy(new Uri($"http://127.0.0.1:{proxy.Port}"));
    }
}
