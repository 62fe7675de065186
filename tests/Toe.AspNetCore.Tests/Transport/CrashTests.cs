using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Toe.AspNetCore.Tests.Transport;

/// <summary>A card that crashes is to HTTP what a peer's reset is, and no more.</summary>
public sealed class CrashTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Crash_UnderLoad_LosesOnlyWhatWasUnderWay()
    {
        const int Clients = 16;
        var builder = WebSites.NewBuilder();
        var provider = builder.AddCard();
        builder.WebHost.UseToe().UseUrls("http://127.0.0.1:0");
        await using var application = await builder.StartAsync(static site => site.MapGet("/", static (HttpContext context) =>
            context.Features.Get<IToeConnectionFeature>()!.Connection.Placement.AdapterId ?? "host"));
        var crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var served = new ConcurrentQueue<string>();
        using var onCard = new CountdownEvent(Clients);

        var clients = Enumerable.Range(0, Clients).Select(async _ =>
        {
            using var client = application.CreateStackClient();
            Assert.Equal("emulated:fabric", await client.GetStringAsync("", Token));
            onCard.Signal();
            var lost = 0;
            for (var behind = 0; behind < 20;) // So many requests behind the crash.
            {
                var isBehind = crashed.Task.IsCompleted;
                try
                {
                    served.Enqueue(await client.GetStringAsync("", Token));
                }
                catch (HttpRequestException)
                {
                    lost++;
                }

                if (isBehind)
                    behind++;
            }

            return lost;
        }).ToArray();
        await Task.Run(() => onCard.Wait(Patience, Token), Token);
        provider.Cards[0].Crash();
        crashed.SetResult();
        var losses = await Task.WhenAll(clients).WaitAsync(Patience, Token);

        Assert.All(losses, static lost => Assert.InRange(lost, 0, 1)); // The one that was under way, if any: what comes behind it is served.
        Assert.Contains("host", served);
        Assert.DoesNotContain(served, static where => where is not ("host" or "emulated:fabric"));
    }

    [Fact]
    public async Task Crash_InTheMiddleOfABody_EndsBothSides_AndTheServerIsToldTheReason()
    {
        var failure = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebSites.NewBuilder();
        var provider = builder.AddCard();
        builder.WebHost.UseToe().UseUrls("http://127.0.0.1:0");
        await using var application = await builder.StartAsync(site => site.MapPost("/", async (HttpContext context) =>
        {
            var buffer = new byte[4096];
            try
            {
                while (await context.Request.Body.ReadAsync(buffer) > 0)
                    began.TrySetResult();
            }
            catch (Exception exception)
            {
                failure.SetResult(exception);
            }
        }));
        var stack = application.Services.GetRequiredService<IToeStack>();
        await using var client = await stack.ConnectAsync(new ToeConnectRequest(application.EndPoints()[0]) { Mode = ToeMode.Require }, Token);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 1000\r\n\r\nabc"u8.ToArray(), Token);
        await began.Task.WaitAsync(Patience, Token);

        provider.Cards[0].Crash();

        await Assert.ThrowsAsync<ToeConnectionLostException>(() => client.ReceiveAsync(new byte[1], Token).AsTask().WaitAsync(Patience, Token));
        var told = await failure.Task.WaitAsync(Patience, Token);
        var lost = Assert.IsType<ToeConnectionLostException>(Causes(told).Last());
        Assert.Equal("Health.Failed", lost.Reason.Name);
    }

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            yield return cause;
    }
}
