using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Toe.AspNetCore.Tests.Transport;

/// <summary>What middleware and logs are told.</summary>
public sealed class FeatureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ConnectionMiddleware_FindsTheFeatures()
    {
        var found = new TaskCompletionSource<ConnectionContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebSites.NewBuilder();
        builder.AddCard();
        builder.WebHost.UseToe().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Use(next => connection =>
        {
            found.TrySetResult(connection);
            return next(connection);
        })));
        await using var application = await builder.StartAsync(static site => site.MapGet("/", static (HttpContext context) => context.Connection.Id));
        using var client = application.CreateStackClient();

        var id = await client.GetStringAsync("", Token);

        var context = await found.Task;
        var feature = context.Features.Get<IToeConnectionFeature>()!;
        Assert.Equal("emulated:fabric", feature.Connection.Placement.AdapterId);
        Assert.EndsWith("-" + feature.Connection.Id.ToString(CultureInfo.InvariantCulture), id, StringComparison.Ordinal);
        Assert.Equal(id, context.Features.Get<IConnectionIdFeature>()!.ConnectionId);
        Assert.Equal(feature.Connection.RemoteEndPoint, context.Features.Get<IConnectionEndPointFeature>()!.RemoteEndPoint);
        Assert.NotNull(context.Features.Get<IMemoryPoolFeature>()!.MemoryPool);
        Assert.NotNull(context.Features.Get<IConnectionTransportFeature>()!.Transport);
        context.Features.Get<IConnectionItemsFeature>()!.Items["key"] = "value";
        Assert.Equal("value", context.Items["key"]);
        Assert.Null(context.Features.Get<IConnectionSocketFeature>()); // Many connections have none.
        Assert.False(context.Features.Get<IConnectionLifetimeFeature>()!.ConnectionClosed.IsCancellationRequested);
    }

    [Fact]
    public async Task CallbackThatThrows_IsLogged_AndHurtsNobody()
    {
        var builder = WebSites.NewBuilder();
        var log = new LogLines();
        builder.Logging.AddProvider(log);
        builder.WebHost.UseToe().ConfigureKestrel(static options => options.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Use(static next => connection =>
        {
            connection.ConnectionClosed.Register(static () => throw new InvalidOperationException("by the application"));
            return next(connection);
        })));
        await using var application = await builder.StartAsync(static site => site.MapGet("/", static () => "hello"));
        using (var client = new HttpClient { BaseAddress = new Uri($"http://{application.EndPoints()[0]}/") })
            await client.GetStringAsync("", Token);

        await application.StopAsync(Token);

        Assert.Contains(log.Lines, static line => line.Contains("a callback of its closing threw", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Debug_SaysWhereAConnectionRuns()
    {
        var builder = WebSites.NewBuilder();
        var log = new LogLines();
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.AddCard();
        builder.WebHost.UseToe().UseUrls("http://127.0.0.1:0");
        await using var application = await builder.StartAsync(static site => site.MapGet("/", static () => "hello"));
        using var client = application.CreateStackClient();
        await client.GetStringAsync("", Token);

        Assert.Contains(log.Lines, static line => line.Contains("accepted on", StringComparison.Ordinal) && line.Contains("emulated:fabric", StringComparison.Ordinal));
    }
}
