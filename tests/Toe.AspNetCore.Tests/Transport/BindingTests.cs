using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Toe.AspNetCore.Tests.Transport;

/// <summary>Binding, as Kestrel's users know it.</summary>
public sealed class BindingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PortInUse_IsKestrelsOwnError()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var builder = WebSites.NewBuilder();
        builder.WebHost.UseToe().ConfigureKestrel(options => options.Listen((IPEndPoint)other.LocalEndpoint));
        await using var application = builder.Build();

        var failure = await Assert.ThrowsAsync<IOException>(() => application.StartAsync(Token));

        Assert.Contains("address already in use", failure.Message, StringComparison.Ordinal);
        Assert.IsType<AddressInUseException>(failure.InnerException);
    }

    [Fact]
    public async Task AnyAddress_ServesBothFamilies_AndShowsIPv6()
    {
        var builder = WebSites.NewBuilder();
        builder.WebHost.UseToe().ConfigureKestrel(static options => options.ListenAnyIP(0));
        await using var application = await builder.StartAsync(static site => site.MapGet(
            "/", static (HttpContext context) => $"{context.Connection.LocalIpAddress} {context.Connection.RemoteIpAddress}"));
        var port = application.EndPoints()[0].Port;
        using var client = new HttpClient();

        Assert.Equal("::ffff:127.0.0.1 ::ffff:127.0.0.1", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), Token));
        Assert.Equal("::1 ::1", await client.GetStringAsync(new Uri($"http://[::1]:{port}/"), Token));
    }

    [Fact]
    public async Task AnyAddress_ServesCrowdsOfBothFamilies()
    {
        var builder = WebSites.NewBuilder();
        builder.WebHost.UseToe().ConfigureKestrel(static options => options.ListenAnyIP(0));
        await using var application = await builder.StartAsync(static site => site.MapGet("/", static () => "hello"));
        var port = application.EndPoints()[0].Port;

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async number =>
        {
            using var client = new HttpClient();
            return await client.GetStringAsync(new Uri($"http://{(number % 2 == 0 ? "127.0.0.1" : "[::1]")}:{port}/"), Token);
        }).ToArray());

        Assert.All(answers, static answer => Assert.Equal("hello", answer));
        await application.StopAsync(Token);
        using var late = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(IPAddress.Loopback, port, Token).AsTask());
    }

    [Fact]
    public async Task AnyAddress_WhosePortIPv4Has_IsInUse()
    {
        using var other = new TcpListener(IPAddress.Any, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var builder = WebSites.NewBuilder();
        builder.WebHost.UseToe().ConfigureKestrel(options => options.ListenAnyIP(port));
        await using var application = builder.Build();

        var failure = await Assert.ThrowsAsync<IOException>(() => application.StartAsync(Token));

        Assert.Contains(port.ToString(CultureInfo.InvariantCulture), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Require_WithoutAdapter_FailsTheStart()
    {
        var builder = WebSites.NewBuilder();
        builder.WebHost.UseToe(static options => options.Mode = ToeMode.Require).UseUrls("http://127.0.0.1:0");
        await using var application = builder.Build();

        await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => application.StartAsync(Token));
    }

    [Fact]
    public async Task Forbid_IsServedByTheHostStack_BesideACard()
    {
        var builder = WebSites.NewBuilder();
        builder.AddCard();
        builder.WebHost.UseToe(static options => options.Mode = ToeMode.Forbid).UseUrls("http://127.0.0.1:0");
        await using var application = await builder.StartAsync(static site => site.MapGet("/", Describe));
        using var client = new HttpClient();

        Assert.Contains("Forbid", await client.GetStringAsync(new Uri($"http://{application.EndPoints()[0]}/"), Token), StringComparison.Ordinal);

        static string Describe(HttpContext context)
        {
            var connection = context.Features.Get<IToeConnectionFeature>()!.Connection;
            Assert.True(connection.Placement.IsHostStack);
            return connection.Trace.ToString();
        }
    }
}
