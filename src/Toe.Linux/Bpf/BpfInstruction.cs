using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct bpf_insn</c>. Source: linux/bpf.h; the instruction set is RFC 9669.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BpfInstruction(byte Code, byte Registers, short Offset, int Immediate)
{
    internal BpfInstruction(int code, BpfRegister destination, BpfRegister source, int offset, int immediate)
        : this((byte)code, (byte)((int)destination | ((int)source << 4)), (short)offset, immediate)
    {
    }

    internal BpfInstruction WithOffset(int offset) => this with { Offset = checked((short)offset) };
}
