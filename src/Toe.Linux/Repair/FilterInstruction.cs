using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct sock_filter</c>: one instruction of a classic socket filter. Source: linux/filter.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FilterInstruction
{
    private const ushort Return = 0x06; // BPF_RET | BPF_K, linux/bpf_common.h

    internal ushort Code;
    internal byte JumpTrue;
    internal byte JumpFalse;
    internal uint Constant;

    /// <summary>Keeps nothing of any segment: the socket does not see it, and the peer hears nothing.</summary>
    internal static FilterInstruction Drop => new() { Code = Return };
}
