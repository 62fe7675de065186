using Toe.AspNetCore.Tests.Rows;
using Toe.Testing;
using Toe.WebProbe;

namespace Toe.AspNetCore.Tests.Scenarios;

/// <summary>Thousands of clients that do little, and hundreds that do it on purpose. Alone: others' limits are seconds.</summary>
[Collection(nameof(CrowdTests)), CollectionDefinition(nameof(CrowdTests), DisableParallelization = true)]
public sealed class CrowdTests
{
    private const int Idle = 10_000;
    private const int Unfinished = 200;
    private const int Unread = 100;

    // Cards have their limits too: of these buffers theirs hold so many.
    private const int BufferSize = 64 * 1024;

    public static TheoryData<string> Rows => Row.Names;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task TenThousandIdleConnections_AreKept_AndSlowOnesAreEndedByTheirLimits(string row)
    {
        Needs.That(Descriptors.Limit >= Idle + 1000, $"needs {Idle + 1000} descriptors in a process (ulimit -n)");
        await using var site = await Row.Of(row).StartAsync(
            new SiteSettings { RequestHeadersTimeout = TimeSpan.FromSeconds(2), MinResponseDataRate = 1_000_000, CardBufferSize = BufferSize });
        using var client = site.CreateClient(site.Plain);
        await using (var crowd = await site.InviteAsync(Idle, Unfinished, Unread))
        {
            await OpenCount.UntilAsync(client, Idle + 1); // The slow ones are gone, by the limits of headers and of the answer's rate.
            await crowd.AskAgainAsync();
            Assert.Equal("hello", await client.GetStringAsync("text", Token));
        }

        await OpenCount.UntilAsync(client, 1);
    }
}
