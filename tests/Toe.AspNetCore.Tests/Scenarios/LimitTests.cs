using System.Net.Sockets;
using Toe.AspNetCore.Tests.Rows;
using Toe.WebProbe;

namespace Toe.AspNetCore.Tests.Scenarios;

/// <summary>Kestrel's limits hold on every row, and end connections the same way.</summary>
public sealed class LimitTests
{
    public static TheoryData<string> Rows => Row.Names;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task IdleConnection_IsClosedAfterKeepAliveTimeout(string row)
    {
        await using var site = await Row.Of(row).StartAsync(new SiteSettings { KeepAliveTimeout = TimeSpan.FromSeconds(3) });
        await using var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync("GET /text HTTP/1.1\r\nHost: site\r\n\r\n");

        var (text, end) = await client.ReceiveAllAsync();

        Assert.Contains("hello", text, StringComparison.Ordinal);
        Assert.Equal(SocketError.Success, end);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task SlowHeaders_AreAnsweredWithTimeout(string row)
    {
        await using var site = await Row.Of(row).StartAsync(new SiteSettings { RequestHeadersTimeout = TimeSpan.FromSeconds(1) });
        await using var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync("GET /text HTTP/1.1\r\nHost: si"); // And no more: a slow loris.

        var (text, _) = await client.ReceiveAllAsync();

        Assert.StartsWith("HTTP/1.1 408", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task SlowBody_IsAnsweredWithTimeout(string row)
    {
        await using var site = await Row.Of(row).StartAsync(new SiteSettings { MinRequestBodyDataRate = 1000 });
        await using var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync("POST /sum HTTP/1.1\r\nHost: site\r\nContent-Length: 1000000\r\n\r\nabc");

        var (text, _) = await client.ReceiveAllAsync();

        Assert.StartsWith("HTTP/1.1 408", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ClientThatReadsNothing_IsResetByTheResponseRate(string row)
    {
        await using var site = await Row.Of(row).StartAsync(new SiteSettings { MinResponseDataRate = 1_000_000 });
        await using var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync("GET /endless?name=one HTTP/1.1\r\nHost: site\r\n\r\n");

        Assert.Equal("aborted", await site.WaitForAsync("one:ended"));
        Assert.Equal(SocketError.ConnectionReset, (await client.ReceiveAllAsync()).End);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task TooLargeBody_IsRefused(string row)
    {
        await using var site = await Row.Of(row).StartAsync(new SiteSettings { MaxRequestBodySize = 1000 });
        await using var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync("POST /sum HTTP/1.1\r\nHost: site\r\nContent-Length: 1001\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413", (await client.ReceiveAllAsync()).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ConnectionAboveTheLimit_IsClosed(string row)
    {
        await using var site = await Row.Of(row).StartAsync(new SiteSettings { MaxConcurrentConnections = 1 });
        using var first = site.CreateClient(site.Plain);
        await first.GetStringAsync("text", Token);

        await using var second = await site.ConnectAsync(site.Plain, Token);

        Assert.Empty((await second.ReceiveAllAsync()).Text);
        Assert.Equal("hello", await first.GetStringAsync("text", Token));
    }
}
