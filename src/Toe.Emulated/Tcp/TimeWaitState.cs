using System.Runtime.InteropServices;

namespace Toe.Emulated.Tcp;

/// <summary>What a connection leaves to its <see cref="TimeWaitEntry"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct TimeWaitState
{
    public uint SendNext;
    public uint ReceiveNext;
    public ushort Window;
    public bool Timestamps;
    public uint TimestampRecent;
    public uint TimestampOffset;
    public byte TrafficClass;
    public byte TimeToLive;
}
