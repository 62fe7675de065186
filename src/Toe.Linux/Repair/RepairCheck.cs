using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Toe.Linux;

/// <summary>Looks at a state from another carrier before it becomes a kernel connection: the kernel believes what it is told in repair.</summary>
internal static class RepairCheck
{
    private const int LargestShift = 14; // RFC 7323 §2.3
    private const uint LargestWindow = 1u << 30; // RFC 7323 §2.3
    private const int LargestQueue = 1 << 30;

    /// <summary>Our FIN stands behind the send queue: not acknowledged, and perhaps not sent.</summary>
    internal static bool QueuesFin(TcpState state) => state is TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck;

    /// <summary>The peer's FIN has come.</summary>
    internal static bool HasPeersFin(TcpState state) => state is TcpState.CloseWait or TcpState.Closing or TcpState.LastAck;

    /// <summary>The states after the handshake and before TIME-WAIT.</summary>
    /// <returns><see cref="ToeReason.None"/> when a connection in this state can be moved.</returns>
    internal static ToeReason Check(TcpState state) =>
        state is TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2 or TcpState.CloseWait or TcpState.Closing or TcpState.LastAck
            ? ToeReason.None
            : ToeReasons.CapabilityMove.With($"a connection in {state} is not moved");

    /// <summary>What is wrong with a state; <see cref="ToeReason.None"/> when nothing is.</summary>
    internal static ToeReason Check(TcpConnectionState state)
    {
        if (Check(state.State) is { IsNone: false } refusal)
            return refusal;
        return (Fault(state) ?? Sequence(state)) is { } fault ? ToeReasons.InternalContractViolation.With("the state's " + fault) : ToeReason.None;
    }

    private static string? Fault(TcpConnectionState state)
    {
        var (local, remote) = state.Tuple;
        if (!IsSound(local) || !IsSound(remote) || local.AddressFamily != remote.AddressFamily)
            return $"tuple is {local} to {remote}";
        if (state.MaximumSegmentSize is < 1 or > ushort.MaxValue)
            return $"segment size is {state.MaximumSegmentSize}";
        if (state.SendWindowScale > LargestShift || state.ReceiveWindowScale > LargestShift || state.SendWindowScale is null != state.ReceiveWindowScale is null)
            return "window scales are not those of RFC 7323";
        if (state.SendWindow > LargestWindow || state.ReceiveWindow > LargestWindow || state.MaximumSendWindow > LargestWindow)
            return "windows are larger than 1 GiB";
        return state.SendQueue.Length > LargestQueue || state.ReceiveQueue.Length > LargestQueue ? "queues are larger than 1 GiB" : null;
    }

    private static string? Sequence(TcpConnectionState state)
    {
        var sent = state.SendNext - state.SendUnacknowledged;
        if (sent > state.SendQueue.Length + (QueuesFin(state.State) ? 1u : 0u))
            return $"SND.NXT lies {sent} behind SND.UNA, with {state.SendQueue.Length} bytes between them";
        if (state.State is TcpState.FinWait2 && !state.SendQueue.IsEmpty)
            return "send queue is not empty behind an acknowledged FIN";
        if ((int)(state.ReceiveWindowUpdate - state.ReceiveNext) > 0)
            return "window was announced beyond RCV.NXT";
        return (int)(state.SendWindowUpdate - state.ReceiveNext - state.ReceiveWindow) > 0 ? "window update lies beyond the window" : null;
    }

    private static bool IsSound(IPEndPoint? endPoint) =>
        endPoint is { Port: > 0, AddressFamily: AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 }
        && !endPoint.Address.Equals(IPAddress.Any) && !endPoint.Address.Equals(IPAddress.IPv6Any);
}
