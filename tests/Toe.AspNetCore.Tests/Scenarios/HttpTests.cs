using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Toe.AspNetCore.Tests.Rows;
using Toe.Testing;

namespace Toe.AspNetCore.Tests.Scenarios;

/// <summary>What users of HTTP do every day, the same on every row.</summary>
public sealed class HttpTests(SharedSites sites)
{
    private const int Large = 16 * 1024 * 1024;

    public static TheoryData<string> Rows => Row.Names;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Connection_RunsWhereTheRowSays(string row)
    {
        var site = await sites.GetAsync(row);
        using var client = site.CreateClient(site.Plain);

        var connection = await RunningSite.DescribeAsync(client);

        Assert.Equal(Row.Of(row).AdapterId, connection.AdapterId);
        Assert.Equal(row != "KestrelSockets", connection.Trace is not null);
        Assert.EndsWith(":" + site.Plain.Port.ToString(CultureInfo.InvariantCulture), connection.Local, StringComparison.Ordinal);
        Assert.NotEqual(connection.Local, connection.Remote);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task KeepAlive_ServesRequestsOnOneConnection(string row)
    {
        var site = await sites.GetAsync(row);
        using var client = site.CreateClient(site.Plain);

        var first = await RunningSite.DescribeAsync(client);
        var second = await RunningSite.DescribeAsync(client);

        Assert.Equal((first.Id, first.Remote), (second.Id, second.Remote));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ConnectionClose_EndsWithFinBehindTheAnswer(string row)
    {
        var site = await sites.GetAsync(row);
        await using var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync("GET /text HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");

        var (text, end) = await client.ReceiveAllAsync();

        Assert.Contains("hello", text, StringComparison.Ordinal);
        Assert.Equal(System.Net.Sockets.SocketError.Success, end);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task PipelinedRequests_AreAnsweredInOrder(string row)
    {
        var site = await sites.GetAsync(row);
        await using var client = await site.ConnectAsync(site.Plain, Token);
        var requests = Enumerable.Range(1, 20).Select(static size => $"GET /bytes?size={size} HTTP/1.1\r\nHost: site\r\n{(size == 20 ? "Connection: close\r\n" : "")}\r\n");
        await client.SendAsync(string.Concat(requests));

        var (text, _) = await client.ReceiveAllAsync();

        var lengths = text.Split("Content-Length: ").Skip(1).Select(static part => int.Parse(part.Split('\r')[0], CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, 20), lengths);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task LargeDownload_IsExact(string row)
    {
        var site = await sites.GetAsync(row);
        using var client = site.CreateClient(site.Plain);

        var body = await client.GetByteArrayAsync($"bytes?size={Large}", Token);

        Assert.Equal(Large, body.Length);
        new Pattern(1).Check(body, 0);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task LargeDownload_OverTls_IsExact(string row)
    {
        var site = await sites.GetAsync(row);
        using var client = site.CreateClient(site.Tls);

        var body = await client.GetByteArrayAsync($"bytes?size={Large / 4}", Token);

        Assert.Equal(Large / 4, body.Length);
        new Pattern(1).Check(body, 0);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task LargeUpload_IsExact(string row)
    {
        var site = await sites.GetAsync(row);
        using var client = site.CreateClient(site.Plain);
        var body = new byte[Large];
        new Pattern(2).Fill(body, 0);

        using var answer = await client.PostAsync("sum", new ByteArrayContent(body), Token);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(body)), await answer.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task AnswerInParts_ArrivesPartByPart(string row)
    {
        var site = await sites.GetAsync(row);
        using var client = site.CreateClient(site.Plain);
        var name = Guid.NewGuid().ToString("N");

        using var answer = await client.GetAsync($"parts?name={name}", HttpCompletionOption.ResponseHeadersRead, Token);

        Assert.True(answer.Headers.TransferEncodingChunked);
        var body = await answer.Content.ReadAsStreamAsync(Token);
        var part = new byte[100];
        Assert.Equal("first ", Encoding.ASCII.GetString(part, 0, await body.ReadAsync(part, Token))); // Before the server has the other.
        await site.TellAsync(name + ":go");
        Assert.Equal("second", await new StreamReader(body).ReadToEndAsync(Token));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ExpectContinue_IsAnsweredBeforeTheBody(string row)
    {
        var site = await sites.GetAsync(row);
        await using var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync("POST /sum HTTP/1.1\r\nHost: site\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");

        Assert.Contains("100 Continue", await client.ReceiveUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        await client.SendAsync("abc");

        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData("abc"u8)), (await client.ReceiveAllAsync()).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Tls_ChoosesTheProtocolByAlpn(string row)
    {
        var site = await sites.GetAsync(row);
        using var first = site.CreateClient(site.Tls, HttpVersion.Version11);
        using var second = site.CreateClient(site.Tls, HttpVersion.Version20);

        Assert.Equal("HTTP/1.1", (await RunningSite.DescribeAsync(first)).Protocol);
        Assert.Equal("HTTP/2", (await RunningSite.DescribeAsync(second)).Protocol);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Http2_CarriesManyRequestsOnOneConnection(string row)
    {
        var site = await sites.GetAsync(row);
        using var client = site.CreateClient(site.Http2);
        var first = await RunningSite.DescribeAsync(client);

        var pages = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RunningSite.DescribeAsync(client)).ToArray());

        Assert.All(pages, page => Assert.Equal((first.Id, "HTTP/2"), (page.Id, page.Protocol)));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Http2_StreamsBothWaysAtOnce(string row)
    {
        var site = await sites.GetAsync(row);
        using var client = site.CreateClient(site.Http2);
        var body = new byte[Large / 4];
        new Pattern(3).Fill(body, 0);
        using var request = new HttpRequestMessage(HttpMethod.Post, "echo")
        {
            Content = new DuplexContent(body),
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
        };

        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        new Pattern(3).Check(await answer.Content.ReadAsByteArrayAsync(Token), 0);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ManyClients_AreServedAtOnce(string row)
    {
        var site = await sites.GetAsync(row);
        var lengths = await Task.WhenAll(Enumerable.Range(0, 100).Select(async number =>
        {
            using var client = site.CreateClient(site.Plain);
            client.DefaultRequestHeaders.Connection.Add("close");
            return (await client.GetByteArrayAsync($"bytes?size={number * 1000}", Token)).Length;
        }).ToArray());

        Assert.Equal(Enumerable.Range(0, 100).Select(static number => number * 1000), lengths);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task MalformedRequest_IsAnsweredAndClosed(string row)
    {
        var site = await sites.GetAsync(row);
        await using var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync("GET /text HTTP/1.1\r\nno colon here\r\n\r\n");

        var (text, _) = await client.ReceiveAllAsync();

        Assert.StartsWith("HTTP/1.1 400", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task OpenConnections_AreCountedByKestrelsMeter(string row)
    {
        await using var site = await Row.Of(row).StartAsync(new WebProbe.SiteSettings());
        using var client = site.CreateClient(site.Plain);
        Assert.Equal("1", await client.GetStringAsync("open", Token));
        await using (await site.ConnectAsync(site.Plain, Token))
        {
            await OpenCount.UntilAsync(client, 2);
        }

        await OpenCount.UntilAsync(client, 1);
    }
}
