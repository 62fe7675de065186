using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct iovec</c>. Source: linux/uio.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    internal byte* Base;
    internal nuint Length;
}
