using Toe.Emulated.Wire;
using NetState = System.Net.NetworkInformation.TcpState;

namespace Toe.Emulated.Tcp;

/// <summary>Looks at a state from another carrier before it becomes a connection: a carrier's mistake must not become one of this engine's.</summary>
internal static class ImportedState
{
    /// <summary>What is wrong with a state; <see cref="ToeReason.None"/> when nothing is.</summary>
    public static ToeReason Check(TcpConnectionState state, in TcpTuple tuple)
    {
        if (!IsMovable(state.State))
            return ToeReasons.CapabilityMove.With($"a connection in {state.State} is not taken over");
        return Fault(state, tuple) is { } fault ? ToeReasons.InternalContractViolation.With("the state's " + fault) : ToeReason.None;
    }

    /// <summary>What the send buffer must hold at first: the options' size, or more that is queued.</summary>
    public static int SendCapacity(TcpConnectionState state, TcpSocketOptions options) => Math.Max(options.SendBufferSize, state.SendQueue.Length);

    /// <summary>What the receive buffer must hold at first: the options' size, or more that is queued and that the peer was promised room for.</summary>
    public static int ReceiveCapacity(TcpConnectionState state, TcpSocketOptions options)
    {
        var promised = (int)(state.ReceiveWindow - (state.ReceiveNext - state.ReceiveWindowUpdate));
        return Math.Max(options.ReceiveBufferSize, state.ReceiveQueue.Length + Math.Max(0, promised));
    }

    /// <summary>The states after the handshake and before TIME-WAIT.</summary>
    private static bool IsMovable(NetState state) => state is NetState.Established or NetState.FinWait1
        or NetState.FinWait2 or NetState.CloseWait or NetState.Closing or NetState.LastAck;

    private static string? Fault(TcpConnectionState state, in TcpTuple tuple)
    {
        if (state.Tuple != tuple)
            return $"tuple is not {tuple.Local} to {tuple.Remote}";
        if (state.MaximumSegmentSize is < 1 or > ushort.MaxValue)
            return $"segment size is {state.MaximumSegmentSize}";
        if (state.SendWindowScale > TcpOptions.MaximumShift || state.ReceiveWindowScale > TcpOptions.MaximumShift
            || state.SendWindowScale is null != state.ReceiveWindowScale is null)
            return "window scales are not those of RFC 7323";
        // Beyond this no sequence number can be compared (RFC 7323 §2.3).
        const long Largest = TcpSocketOptions.MaximumBufferSize * 2L;
        if (state.SendWindow > Largest || state.ReceiveWindow > Largest || state.MaximumSendWindow > Largest)
            return "windows are larger than 1 GiB";
        if (state.SendQueue.Length > TcpSocketOptions.MaximumBufferSize
            || state.ReceiveQueue.Length + (long)state.ReceiveWindow > TcpSocketOptions.MaximumBufferSize)
            return $"queues and window are larger than {TcpSocketOptions.MaximumBufferSize} bytes";
        return Sequence(state);
    }

    private static string? Sequence(TcpConnectionState state)
    {
        var sent = state.SendNext - state.SendUnacknowledged;
        var fin = SendsFin(state.State) ? 1u : 0u;
        if (sent > state.SendQueue.Length + fin)
            return $"SND.NXT lies {sent} behind SND.UNA, with {state.SendQueue.Length} bytes between them";
        if (state.State is NetState.FinWait2 && !state.SendQueue.IsEmpty)
            return "send queue is not empty behind an acknowledged FIN";
        return SequenceNumber.Greater(state.ReceiveWindowUpdate, state.ReceiveNext) ? "window was announced beyond RCV.NXT" : null;
    }

    private static bool SendsFin(NetState state) => state is NetState.FinWait1 or NetState.Closing or NetState.LastAck;
}
