using System.Net;
using System.Net.NetworkInformation;

namespace Toe.MoveProbe;

/// <summary>The connections of the kernel's own TCP, as /proc/net/tcp and tcp6 list them.</summary>
internal static class KernelSockets
{
    public static bool Has(IPEndPoint local, IPEndPoint remote) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Any(connection => connection.LocalEndPoint.Equals(local) && connection.RemoteEndPoint.Equals(remote) && connection.State != TcpState.TimeWait);
}
