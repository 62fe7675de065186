using NetState = System.Net.NetworkInformation.TcpState;

namespace Toe.Emulated.Tcp;

/// <summary>The engine's states in .NET's names, which the provider contract uses.</summary>
internal static class TcpStateNames
{
    public static NetState ToNetworkInformation(this TcpState state) => state switch
    {
        TcpState.Closed => NetState.Closed,
        TcpState.Listen => NetState.Listen,
        TcpState.SynSent => NetState.SynSent,
        TcpState.SynReceived => NetState.SynReceived,
        TcpState.Established => NetState.Established,
        TcpState.FinWait1 => NetState.FinWait1,
        TcpState.FinWait2 => NetState.FinWait2,
        TcpState.CloseWait => NetState.CloseWait,
        TcpState.Closing => NetState.Closing,
        TcpState.LastAck => NetState.LastAck,
        TcpState.TimeWait => NetState.TimeWait,
        _ => NetState.Unknown,
    };
}
