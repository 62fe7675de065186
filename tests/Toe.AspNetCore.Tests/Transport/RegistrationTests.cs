using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Toe.AspNetCore.Tests.Transport;

/// <summary>Who serves which endpoint.</summary>
public sealed class RegistrationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ShouldBind_LeavesEndpointsToKestrel()
    {
        var builder = WebSites.NewBuilder();
        var asked = 0;
        builder.WebHost.UseToe(options => options.ShouldBind = _ => Interlocked.Increment(ref asked) == 1);
        builder.WebHost.ConfigureKestrel(static options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            options.Listen(IPAddress.Loopback, 0);
        });
        await using var application = await builder.StartAsync(static site => site.MapGet("/", SayWho));
        using var client = new HttpClient();

        Assert.Equal("stack", await client.GetStringAsync(new Uri($"http://{application.EndPoints()[0]}/"), Token));
        Assert.Equal("sockets", await client.GetStringAsync(new Uri($"http://{application.EndPoints()[1]}/"), Token));
    }

    [Fact]
    public async Task UnixSocket_StaysWithKestrel()
    {
        var folder = Directory.CreateTempSubdirectory("toe-web-");
        var path = Path.Combine(folder.FullName, "site");
        var builder = WebSites.NewBuilder();
        builder.WebHost.UseToe();
        builder.WebHost.ConfigureKestrel(options => options.ListenUnixSocket(path));
        await using var application = await builder.StartAsync(static site => site.MapGet("/", SayWho));
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        Assert.Equal("sockets", await client.GetStringAsync(new Uri("http://site/"), Token));
        await application.StopAsync(Token);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task UseToe_Twice_IsOnce()
    {
        var builder = WebSites.NewBuilder();
        builder.WebHost.UseToe().UseToe().UseUrls("http://127.0.0.1:0");
        await using var application = await builder.StartAsync(static site => site.MapGet("/", SayWho));

        Assert.Equal(2, application.Services.GetServices<IConnectionListenerFactory>().Count());
        using var client = new HttpClient();
        Assert.Equal("stack", await client.GetStringAsync(new Uri($"http://{application.EndPoints()[0]}/"), Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GenericHost_TakesItToo_BeforeAndAfterKestrel(bool before)
    {
        using var host = new HostBuilder()
            .ConfigureWebHost(web => (before ? web.UseToe().UseKestrel().UseSockets() : web.UseKestrel().UseSockets().UseToe()).UseUrls("http://127.0.0.1:0")
                .Configure(static site => site.Run(static context => context.Response.WriteAsync(SayWho(context)))))
            .ConfigureServices(static services => services.Configure<ToeOptions>(static options => options.Diagnostics.Endpoint = false))
            .Build();
        await host.StartAsync(Token);
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var client = new HttpClient();

        Assert.Equal("stack", await client.GetStringAsync(new Uri(address), Token));
        Assert.Equal(2, host.Services.GetServices<IConnectionListenerFactory>().Count()); // Kestrel's own serves what is no IP endpoint.
        await host.StopAsync(Token);
    }

    private static string SayWho(HttpContext context)
    {
        Assert.Equal(context.Features.Get<IToeConnectionFeature>() is null, context.Features.Get<IConnectionSocketFeature>() is not null);
        return context.Features.Get<IToeConnectionFeature>() is null ? "sockets" : "stack";
    }
}
