using Toe.WebProbe;

namespace Toe.AspNetCore.Tests.Rows;

/// <summary>The site runs in the test's process.</summary>
internal sealed class LocalRow(string transport, string? adapterId) : Row
{
    public override string? AdapterId => adapterId;

    public override async Task<RunningSite> StartAsync(SiteSettings settings) =>
        new LocalSite(await Site.StartAsync(settings with { Transport = transport }), throughStack: adapterId is not null);
}
