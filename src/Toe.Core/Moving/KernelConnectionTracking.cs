using System.Runtime.Versioning;
using Toe.Linux;

namespace Toe.Moving;

/// <summary>The kernel's conntrack. Elsewhere there is none.</summary>
internal sealed class KernelConnectionTracking : IConnectionTracking
{
    private static readonly TimeSpan Established = TimeSpan.FromDays(5); // nf_conntrack_tcp_timeout_established, Documentation/networking/nf_conntrack-sysctl.rst
    private static readonly TimeSpan TimeWait = TimeSpan.FromMinutes(2); // nf_conntrack_tcp_timeout_time_wait

    public ToeReason Follow(TcpTuple tuple) => OperatingSystem.IsLinux() ? ConnectionTracking.MakeLiberal(tuple, Established).Refusal : ToeReason.None;

    public void End(TcpTuple tuple)
    {
        if (OperatingSystem.IsLinux())
            ThreadPool.UnsafeQueueUserWorkItem(Forget, tuple, preferLocal: false);
    }

    [SupportedOSPlatform("linux")]
    private static void Forget(TcpTuple tuple) => ConnectionTracking.Keep(tuple, TimeWait);
}
