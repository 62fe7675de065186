using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>The part of <c>struct ibv_device</c> that tells iWARP from InfiniBand. Source: infiniband/verbs.h.</summary>
[StructLayout(LayoutKind.Explicit)]
internal struct VerbsDevice
{
    internal const int Iwarp = 1;       // IBV_TRANSPORT_IWARP

    [FieldOffset(20)]
    internal int Transport;
}
