using System.Collections.Concurrent;
using Toe.WebProbe;

[assembly: AssemblyFixture(typeof(Toe.AspNetCore.Tests.Rows.SharedSites))]

namespace Toe.AspNetCore.Tests.Rows;

/// <summary>One site for each row, with Kestrel's own limits, for the scenarios that need no others.</summary>
public sealed class SharedSites : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<RunningSite>>> _sites = new(StringComparer.Ordinal);

    /// <summary>The site of a row.</summary>
    public Task<RunningSite> GetAsync(string row) =>
        _sites.GetOrAdd(row, static name => new Lazy<Task<RunningSite>>(() => Row.Of(name).StartAsync(new SiteSettings()))).Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var site in _sites.Values)
        {
            await ((Task)site.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (site.Value.IsCompletedSuccessfully)
                await (await site.Value).DisposeAsync();
        }
    }
}
