using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct sock_fprog</c>: a classic socket filter. Source: linux/filter.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FilterProgram
{
    internal ushort Length;
    internal FilterInstruction* Instructions;
}
