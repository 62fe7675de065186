using Microsoft.Extensions.DependencyInjection;
using Toe.Core.Tests.Hosting;

namespace Toe.Core.Tests.Http;

/// <summary>The clients of an <see cref="IHttpClientFactory"/> over the registered stack.</summary>
public sealed class HttpClientFactoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(false), InlineData(true)]
    public async Task NamedClient_ConnectsThroughTheStack_AndKeepsItsHandlersSettings(bool fabric)
    {
        await using var bench = HttpBench.Start(fabric);
        await using var server = new SmallHttpServer(await bench.ListenAsync());
        await using var services = new ServiceCollection().AddSingleton<IToeStack>(bench.Stack)
            .AddHttpClient("a").UseSocketsHttpHandler((handler, _) => handler.UseProxy = false).UseToe().Services.BuildServiceProvider();
        using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("a");

        using var answer = await client.PostAsync(new Uri($"http://127.0.0.1:{server.Port}/"), new StringContent("hello"), Token);

        Assert.Equal("hello", await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal((1, HttpBench.AdapterOf(fabric)), (server.Connections, server.LastAdapter));
        Assert.False(Assert.IsType<SocketsHttpHandler>(PrimaryHandlerOf(services, "a")).UseProxy);
    }

    [Fact]
    public async Task OneClientsMode_StandsAboveTheDefaultOfAll()
    {
        await using var bench = HttpBench.Start(fabric: false);
        await using var server = new SmallHttpServer(await bench.ListenAsync());
        await using var services = new ServiceCollection().AddSingleton<IToeStack>(bench.Stack)
            .ConfigureHttpClientDefaults(static clients => clients.UseToe()).AddHttpClient("strict").UseToe(ToeMode.Require).Services.BuildServiceProvider();
        var factory = services.GetRequiredService<IHttpClientFactory>();
        using var lenient = factory.CreateClient("any");
        using var strict = factory.CreateClient("strict");
        var address = new Uri($"http://127.0.0.1:{server.Port}/");

        Assert.Equal("", await lenient.GetStringAsync(address, Token));
        var failed = await Assert.ThrowsAsync<HttpRequestException>(() => strict.GetStringAsync(address, Token));

        Assert.IsType<ToeOffloadRequiredException>(failed.InnerException);
    }

    [Fact]
    public async Task HandlerThatCannotConnectThroughAStack_IsRefused()
    {
        using var host = StackHost.Build("{}", configure: builder =>
        {
            builder.Services.AddHttpClient("old").ConfigurePrimaryHttpMessageHandler(static () => new HttpClientHandler()).UseToe();
            builder.Services.AddHttpClient("taken").UseSocketsHttpHandler(static (handler, _) => handler.ConnectCallback = static (_, _) => default).UseToe();
        });
        var factory = host.Services.GetRequiredService<IHttpClientFactory>();

        var old = Assert.Throws<InvalidOperationException>(() => factory.CreateClient("old"));
        var taken = Assert.Throws<InvalidOperationException>(() => factory.CreateClient("taken"));

        Assert.Contains("client 'old' is a HttpClientHandler", old.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectCallback", taken.Message, StringComparison.Ordinal);
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    private static HttpMessageHandler PrimaryHandlerOf(IServiceProvider services, string name)
    {
        var handler = services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(name);
        while (handler is DelegatingHandler { InnerHandler: { } inner })
            handler = inner;
        return handler;
    }
}
