using System.Net.NetworkInformation;

namespace Toe.Linux;

/// <summary>The kernel's numbers of TCP states, which are not .NET's. Source: net/tcp_states.h.</summary>
public static class KernelTcpState
{
    /// <summary>The state that <c>tcpi_state</c> of <c>struct tcp_info</c> names.</summary>
    /// <param name="number">The kernel's number.</param>
    /// <returns><see cref="TcpState.Unknown"/> for a number that no state has.</returns>
    public static TcpState From(byte number) => number switch
    {
        1 => TcpState.Established,
        2 => TcpState.SynSent,
        3 or 12 => TcpState.SynReceived,
        4 => TcpState.FinWait1,
        5 => TcpState.FinWait2,
        6 => TcpState.TimeWait,
        7 => TcpState.Closed,
        8 => TcpState.CloseWait,
        9 => TcpState.LastAck,
        10 => TcpState.Listen,
        11 => TcpState.Closing,
        _ => TcpState.Unknown,
    };
}
