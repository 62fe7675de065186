using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct tcp_repair_opt</c>: an option that the handshake agreed on. Source: linux/tcp.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RepairOption
{
    internal const uint MaximumSegment = 2; // TCPOPT_MSS, net/tcp.h
    internal const uint WindowScale = 3; // TCPOPT_WINDOW
    internal const uint SelectiveAcknowledgement = 4; // TCPOPT_SACK_PERM
    internal const uint Timestamps = 8; // TCPOPT_TIMESTAMP

    internal uint Code;
    internal uint Value;

    internal RepairOption(uint code, uint value) => (Code, Value) = (code, value);
}
