using System.Runtime.Versioning;
using Toe.Testing;
using Toe.WebProbe;

namespace Toe.AspNetCore.Tests.Rows;

/// <summary>The site runs on the engine's address behind a TAP device; the namespace's kernel is the client.</summary>
internal sealed class TapRow : Row
{
    private const string Device = "toe0";

    public override string AdapterId => "emulated:" + Device;

    [SupportedOSPlatform("linux")]
    public override async Task<RunningSite> StartAsync(SiteSettings settings)
    {
        var network = await NetworkNamespace.CreateAsync();
        await network.AddTapAsync(Device, owner: 0, "10.78.0.1/24");
        return await RemoteSite.StartAsync(network, network, settings with { Transport = "tap=" + Device, Address = "10.78.0.2" });
    }
}
