using System.Net.Sockets;
using Toe.AspNetCore.Tests.Rows;
using Toe.WebProbe;

namespace Toe.AspNetCore.Tests.Scenarios;

/// <summary>What becomes of connections when the host stops.</summary>
public sealed class ShutdownTests
{
    public static TheoryData<string> Rows => Row.Names;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Stop_FinishesWhatRuns_ClosesWhatIsIdle_AndAcceptsNothingMore(string row)
    {
        await using var site = await Row.Of(row).StartAsync(new SiteSettings { ShutdownTimeout = RunningSite.Patience });
        await using var idle = await site.ConnectAsync(site.Plain, Token);
        await idle.SendAsync("GET /text HTTP/1.1\r\nHost: site\r\n\r\n");
        await idle.ReceiveUntilAsync("\r\n0\r\n\r\n"); // The last chunk.
        await using var running = await site.ConnectAsync(site.Plain, Token);
        await running.SendAsync("POST /echo HTTP/1.1\r\nHost: site\r\nContent-Length: 6\r\n\r\nabc");
        await running.ReceiveUntilAsync("abc");

        var stopping = site.StopAsync();

        Assert.Equal(("", SocketError.Success), await idle.ReceiveAllAsync()); // Told by its FIN, while the other runs on.
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => site.ConnectAsync(site.Plain, Token));
        Assert.True(refusal is SocketException or ToeOffloadRequiredException, refusal.ToString());
        Assert.False(stopping.IsCompleted);
        await running.SendAsync("def");
        var (text, end) = await running.ReceiveAllAsync();
        Assert.Contains("def", text, StringComparison.Ordinal);
        Assert.Equal(SocketError.Success, end);
        await stopping.WaitAsync(RunningSite.Patience, Token);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Stop_ResetsWhatRunsOnBeyondTheHostsTime(string row)
    {
        await using var site = await Row.Of(row).StartAsync(new SiteSettings { ShutdownTimeout = TimeSpan.FromSeconds(1) });
        await using var client = await site.ConnectAsync(site.Plain, Token);
        await client.SendAsync("GET /wait?name=for-ever HTTP/1.1\r\nHost: site\r\n\r\n");
        await site.WaitForAsync("for-ever:began");

        var receiving = client.ReceiveAllAsync();

        await site.StopAsync().WaitAsync(RunningSite.Patience, Token);

        Assert.Equal(SocketError.ConnectionReset, (await receiving).End);
    }
}
