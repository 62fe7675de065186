using System.Globalization;
using Toe.AspNetCore.Tests.Rows;

namespace Toe.AspNetCore.Tests.Scenarios;

/// <summary>What a site says of its open connections, its own connection included.</summary>
internal static class OpenCount
{
    /// <summary>Waits until so many are open.</summary>
    public static async Task UntilAsync(HttpClient client, int count)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var turn = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await client.GetStringAsync("open", TestContext.Current.CancellationToken) is var open && open != count.ToString(CultureInfo.InvariantCulture))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < RunningSite.Patience, $"{open} connections are open, and not {count}");
            await turn.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
