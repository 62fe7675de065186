using System.Runtime.Versioning;
using Toe.Testing;
using Toe.WebProbe;

namespace Toe.AspNetCore.Tests.Rows;

/// <summary>The site runs on an interface that it shares with its host's kernel; another host's kernel is the client.</summary>
internal sealed class InterfaceRow : Row
{
    private const string Device = "eth0";

    public override string AdapterId => "emulated:" + Device;

    [SupportedOSPlatform("linux")]
    public override async Task<RunningSite> StartAsync(SiteSettings settings)
    {
        var host = await NetworkNamespace.CreateAsync();
        var peer = await NetworkNamespace.CreateAsync();
        await host.AddVethAsync(Device, peer, Device);
        await host.AddAddressesAsync(Device, "10.79.0.1/24");
        await peer.AddAddressesAsync(Device, "10.79.0.2/24");
        return await RemoteSite.StartAsync(host, peer, settings with { Transport = "interface=" + Device, Address = "10.79.0.1" });
    }
}
