using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using Toe.AspNetCore.Tests.Rows;
using Toe.Testing;

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
        await client.SendAsync($"GET /endless?name={name} HTTP/1.0\r\n\r\n"); // 1.0: the body comes without chunks.
        while (await client.ReceiveLineAsync() is not "")
        {
        }

        var sentBeforeItWaited = long.Parse(await site.WaitForAsync(name + ":waits"), CultureInfo.InvariantCulture);

        Assert.InRange(sentBeforeItWaited, 0, 64 * 1024 * 1024);
        var (pattern, buffer) = (new Pattern(1), new byte[64 * 1024]);
        for (long received = 0; received < sentBeforeItWaited + 4_000_000;)
        {
            var count = await client.Stream.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: true, Token);
            pattern.Check(buffer.AsSpan(0, count), received);
            received += count;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task SlowApplication_MakesTheClientWait_AndLosesNothing(string row)
    {
        const int Size = 20_000_000;
        var site = await sites.GetAsync(row);
        var name = NewName();
        var body = new byte[Size];
        new Pattern(4).Fill(body, 0);
        await using var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync($"POST /later?name={name} HTTP/1.1\r\nHost: site\r\nConnection: close\r\nContent-Length: {Size}\r\n\r\n");
        await site.WaitForAsync(name + ":began");

        var sending = client.Stream.WriteAsync(body, Token).AsTask();
        Assert.NotSame(sending, await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Token))); // Buffers are bounded: it does not get rid of all.
        await site.TellAsync(name + ":go");
        await sending.WaitAsync(RunningSite.Patience, Token);

        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(body)), (await client.ReceiveAllAsync()).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ApplicationThatFailsInItsAnswer_LeavesItWithoutLastChunk(string row)
    {
        var site = await sites.GetAsync(row);
        await using var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync("GET /fail HTTP/1.1\r\nHost: site\r\n\r\n");

        var (text, _) = await client.ReceiveAllAsync();
        Assert.Contains("a part", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\n0\r\n", text, StringComparison.Ordinal);
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
