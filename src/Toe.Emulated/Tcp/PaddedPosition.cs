using System.Runtime.InteropServices;

namespace Toe.Emulated.Tcp;

/// <summary>A counter alone on its cache line, so that the two ends of a ring do not slow each other down.</summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal struct PaddedPosition
{
    [FieldOffset(64)]
    public long Value;
}
