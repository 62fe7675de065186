using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Moq;
using Toe.Testing;

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
        Needs.That(Socket.OSSupportsIPv6, "needs IPv6");
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
        Needs.That(Socket.OSSupportsIPv6, "needs IPv6");
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

    [Theory]
    [InlineData("MaxReadBufferSize", "-5")]
    [InlineData("MaxWriteBufferSize", "-1")]
    [InlineData("IOQueueCount", "-1")]
    [InlineData("Backlog", "-2")]
    public async Task OptionThatMakesNoSense_FailsTheStart_AndIsNamed(string option, string value)
    {
        var builder = WebSites.NewBuilder();
        builder.WebHost.UseToe(options =>
        {
            var property = typeof(ToeTransportOptions).GetProperty(option)!;
            property.SetValue(options, Convert.ChangeType(value, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, CultureInfo.InvariantCulture));
        }).UseUrls("http://127.0.0.1:0");

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => builder.StartAsync(static _ => { }));

        Assert.Contains($"ToeTransportOptions.{option} is {value}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_ReachTheListener()
    {
        var asked = new TaskCompletionSource<ToeListenRequest>();
        var stack = new Mock<IToeStack>();
        stack.Setup(mock => mock.ListenAsync(It.IsAny<ToeListenRequest>(), It.IsAny<CancellationToken>()))
            .Returns((ToeListenRequest request, CancellationToken _) =>
            {
                asked.TrySetResult(request);
                return ValueTask.FromException<ToeListener>(new SocketException((int)SocketError.AddressNotAvailable));
            });
        var builder = WebSites.NewBuilder();
        builder.Services.AddSingleton(stack.Object);
        builder.WebHost.UseToe(static options => (options.NoDelay, options.Backlog, options.Mode) = (false, 7, ToeMode.Forbid)).UseUrls("http://127.0.0.1:0");
        await using var application = builder.Build();

        await Assert.ThrowsAsync<SocketException>(() => application.StartAsync(Token));

        var request = await asked.Task;
        Assert.Equal((false, 7, ToeMode.Forbid), (request.Options.NoDelay, request.Backlog, request.Mode));
    }
}
