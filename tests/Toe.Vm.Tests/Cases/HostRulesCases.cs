using System.Net;
using System.Runtime.Versioning;
using Toe.Linux;

namespace Toe.Vm.Tests.Cases;

/// <summary>What of the host an offloaded connection would walk around.</summary>
[SupportedOSPlatform("linux")]
internal static class HostRulesCases
{
    public static readonly GuestCase[] All = [new("rules: an IPsec policy is found and named", PolicyAsync)];

    private const string Policy = "src 192.0.2.0/24 dst 198.51.100.0/24 dir out";

    private static async Task PolicyAsync(CancellationToken cancellationToken)
    {
        using var host = new LiveHost();
        Check.Equal(null, await FindAsync(host, cancellationToken));
        await Shell.RunAsync($"ip xfrm policy add {Policy} tmpl src 192.0.2.1 dst 198.51.100.1 proto esp mode tunnel", cancellationToken);
        try
        {
            Check.Equal("IPsec policy 'src 192.0.2.0/24 dst 198.51.100.0/24'", (await FindAsync(host, cancellationToken))?.TrimEnd());
        }
        finally
        {
            await Shell.RunAsync($"ip xfrm policy delete {Policy}", CancellationToken.None);
        }

        Check.Equal(null, await FindAsync(host, cancellationToken));
    }

    private static async Task<string?> FindAsync(LiveHost host, CancellationToken cancellationToken) =>
        (await HostRulesReader.ReadAsync(host, cancellationToken)).Find(HostBypass.Xfrm, new HostFlow(IsListen: false, null, new IPEndPoint(IPAddress.Parse("198.51.100.9"), 443), null));
}
