using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp.States;

/// <summary>
/// For each state: event | next state | segments sent | what the application is told. From RFC 9293 §3.10, RFC 5961, RFC 1337 and RFC 6191.
/// Sequence and acknowledgement numbers count from the first data byte of their direction, so -1 is the SYN.
/// </summary>
internal static partial class StateTables
{
    public static IEnumerable<StateRow> Of(TcpState state) => TextOf(state).Split('\n').Select(StateRow.Parse);

    private static string TextOf(TcpState state) => state switch
    {
        TcpState.Closed => Closed,
        TcpState.Listen => Listen,
        TcpState.SynSent => SynSent,
        TcpState.SynReceived => SynReceived,
        TcpState.Established => Established,
        TcpState.FinWait1 => FinWait1,
        TcpState.FinWait2 => FinWait2,
        TcpState.CloseWait => CloseWait,
        TcpState.Closing => Closing,
        TcpState.LastAck => LastAck,
        TcpState.TimeWait => TimeWait,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
