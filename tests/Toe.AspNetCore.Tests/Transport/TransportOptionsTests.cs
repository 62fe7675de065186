using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Toe.AspNetCore.Tests.Transport;

/// <summary>The transport's options do what they say.</summary>
public sealed class TransportOptionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void NamesAndDefaults_AreKestrels()
    {
        var (kestrels, ours) = (new SocketTransportOptions(), new ToeTransportOptions());
        foreach (var option in typeof(SocketTransportOptions).GetProperties().Where(static option => option.Name != nameof(SocketTransportOptions.CreateBoundListenSocket)))
        {
            var same = typeof(ToeTransportOptions).GetProperty(option.Name);
            Assert.True(same is not null, option.Name);
            Assert.Equal(option.PropertyType, same.PropertyType);
            Assert.Equal(option.GetValue(kestrels), same.GetValue(ours));
        }
    }

    private static readonly Dictionary<string, Action<ToeTransportOptions>> Set = new()
    {
        ["no queue"] = static options => options.IOQueueCount = 0,
        ["five queues"] = static options => options.IOQueueCount = 5,
        ["inline"] = static options => options.UnsafePreferInlineScheduling = true,
        ["memory kept"] = static options => options.WaitForDataBeforeAllocatingBuffer = false,
        ["null is no limit"] = static options => (options.MaxReadBufferSize, options.MaxWriteBufferSize) = (null, null),
        ["zero is no limit"] = static options => (options.MaxReadBufferSize, options.MaxWriteBufferSize) = (0, 0),
        ["one byte at a time"] = static options => (options.MaxReadBufferSize, options.MaxWriteBufferSize) = (1, 1),
        ["Nagle"] = static options => options.NoDelay = false,
    };

    public static TheoryData<string> Settings => [.. Set.Keys];

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Setting_CarriesBodiesBothWays(string setting)
    {
        var builder = WebSites.NewBuilder();
        builder.AddCard();
        builder.WebHost.UseToe(Set[setting]).UseUrls("http://127.0.0.1:0");
        await using var application = await builder.StartAsync(static site => site.MapPost("/", static context => context.Request.Body.CopyToAsync(context.Response.Body)));
        using var client = application.CreateStackClient();
        var body = new byte[300_000];
        new Toe.Testing.Pattern(1).Fill(body, 0);

        for (var round = 0; round < 3; round++)
        {
            using var answer = await client.PostAsync("", new ByteArrayContent(body), Token);
            Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Token));
        }
    }

    [Theory]
    [InlineData(true, SocketError.Success)]
    [InlineData(false, SocketError.ConnectionReset)]
    public async Task FinOnError_ChoosesHowAnAbortEnds(bool finOnError, SocketError expected)
    {
        var builder = WebSites.NewBuilder();
        builder.WebHost.UseToe(options => options.FinOnError = finOnError).UseUrls("http://127.0.0.1:0");
        await using var application = await builder.StartAsync(static site => site.MapGet("/", static context =>
        {
            context.Abort();
            return Task.CompletedTask;
        }));
        using var client = new TcpClient();
        await client.ConnectAsync(application.EndPoints()[0], Token);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: site\r\n\r\n"u8.ToArray(), Token);

        var end = SocketError.Success;
        try
        {
            Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Token));
        }
        catch (IOException exception)
        {
            end = Assert.IsType<SocketException>(exception.InnerException).SocketErrorCode;
        }

        Assert.Equal(expected, end);
    }
}
