using System.Net.NetworkInformation;

namespace Toe.Emulated;

/// <summary>The engine's states in .NET's names.</summary>
internal static class CardSocketState
{
    public static TcpState Of(Tcp.TcpState state) => state switch
    {
        Tcp.TcpState.Closed => TcpState.Closed,
        Tcp.TcpState.Listen => TcpState.Listen,
        Tcp.TcpState.SynSent => TcpState.SynSent,
        Tcp.TcpState.SynReceived => TcpState.SynReceived,
        Tcp.TcpState.Established => TcpState.Established,
        Tcp.TcpState.FinWait1 => TcpState.FinWait1,
        Tcp.TcpState.FinWait2 => TcpState.FinWait2,
        Tcp.TcpState.CloseWait => TcpState.CloseWait,
        Tcp.TcpState.Closing => TcpState.Closing,
        Tcp.TcpState.LastAck => TcpState.LastAck,
        Tcp.TcpState.TimeWait => TcpState.TimeWait,
        _ => TcpState.Unknown,
    };
}
