using System.Globalization;
using System.Net.Sockets;
using Toe.AspNetCore.Tests.Rows;

namespace Toe.AspNetCore.Tests.Scenarios;

/// <summary>How connections end: by the client and by the application.</summary>
public sealed class EndingTests(SharedSites sites)
{
    public static TheoryData<string> Rows => Row.Names;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ClientReset_AbortsTheRequest(string row)
    {
        var site = await sites.GetAsync(row);
        var name = NewName();
        var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync($"GET /wait?name={name} HTTP/1.1\r\nHost: site\r\n\r\n");
        await site.WaitForAsync(name + ":began");

        client.Reset();

        Assert.Equal("aborted", await site.WaitForAsync(name + ":ended"));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ClientFin_AbortsTheRequestThatWaits(string row)
    {
        var site = await sites.GetAsync(row);
        var name = NewName();
        await using var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync($"GET /wait?name={name} HTTP/1.1\r\nHost: site\r\n\r\n");
        await site.WaitForAsync(name + ":began");

        await client.FinishAsync();

        Assert.Equal("aborted", await site.WaitForAsync(name + ":ended"));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ClientReset_InTheMiddleOfAnAnswer_EndsTheSender(string row)
    {
        var site = await sites.GetAsync(row);
        var name = NewName();
        var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync($"GET /endless?name={name} HTTP/1.1\r\nHost: site\r\n\r\n");
        await client.ReceiveUntilAsync("\r\n\r\n");

        client.Reset();

        Assert.Equal("aborted", await site.WaitForAsync(name + ":ended"));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task SlowReader_MakesTheApplicationWait_AndLosesNothing(string row)
    {
        var site = await sites.GetAsync(row);
        var name = NewName();
        await using var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync($"GET /endless?name={name} HTTP/1.1\r\nHost: site\r\n\r\n");

        var sentBeforeItWaited = long.Parse(await site.WaitForAsync(name + ":waits"), CultureInfo.InvariantCulture);

        Assert.InRange(sentBeforeItWaited, 1, 64 * 1024 * 1024);
        var buffer = new byte[64 * 1024];
        for (long received = 0; received < 2 * sentBeforeItWaited;)
            received += await client.Stream.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: true, Token);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ApplicationAbort_SendsReset(string row)
    {
        var site = await sites.GetAsync(row);
        await using var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync("GET /abort HTTP/1.1\r\nHost: site\r\n\r\n");

        var (text, end) = await client.ReceiveAllAsync();

        Assert.Empty(text);
        Assert.Equal(SocketError.ConnectionReset, end);
    }

    private static string NewName() => Guid.NewGuid().ToString("N");
}
