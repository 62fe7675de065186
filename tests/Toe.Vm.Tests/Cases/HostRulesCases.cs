using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Vm.Tests.Devices;

namespace Toe.Vm.Tests.Cases;

/// <summary>What of the host an offloaded connection would walk around.</summary>
[SupportedOSPlatform("linux")]
internal static class HostRulesCases
{
    public static readonly GuestCase[] All = [new("rules: an IPsec policy keeps connections off an adapter that would walk around it", PolicyAsync)];

    private const string Policy = "src 192.0.2.0/24 dst 198.51.100.0/24 dir out";

    private static async Task PolicyAsync(CancellationToken cancellationToken)
    {
        await using var device = await TapEngine.CreateAsync(cancellationToken);
        Check.Equal(ToeReason.None, await ConnectAsync(cancellationToken));
        await Shell.RunAsync($"ip xfrm policy add {Policy} tmpl src 192.0.2.1 dst 198.51.100.1 proto esp mode tunnel", cancellationToken);
        try
        {
            var refusal = await ConnectAsync(cancellationToken);
            Check.True(refusal.Is(ToeReasons.EnvironmentHostRules), refusal.ToString());
            Check.True(refusal.Text?.Contains("192.0.2.0/24", StringComparison.Ordinal) == true, refusal.ToString());
        }
        finally
        {
            await Shell.RunAsync($"ip xfrm policy delete {Policy}", CancellationToken.None);
        }

        Check.Equal(ToeReason.None, await ConnectAsync(cancellationToken));
    }

    /// <summary>What keeps a new stack from offloading: each looks at the rules before its first connection.</summary>
    private static async Task<ToeReason> ConnectAsync(CancellationToken cancellationToken)
    {
        await using var stack = TapEngine.CreateStack();
        using var listener = new TcpListener(TapEngine.KernelAddress, 0);
        listener.Start();
        try
        {
            await using var connection = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndpoint) { Mode = ToeMode.Require }, cancellationToken);
            return ToeReason.None;
        }
        catch (ToeOffloadRequiredException refused)
        {
            return refused.Trace.Reason;
        }
    }
}
