using System.Buffers.Binary;
using System.Net;

namespace Toe.Linux;

/// <summary>The key of a steered listener: its address (all zero: any) and port in network order, then the family.</summary>
internal static class ListenerKey
{
    internal const int Length = 20;
    internal const int PortAt = 16;
    internal const int FamilyAt = 18;

    internal static void Write(Span<byte> key, IPEndPoint local)
    {
        key[..Length].Clear();
        local.Address.TryWriteBytes(key, out _);
        BinaryPrimitives.WriteUInt16BigEndian(key[PortAt..], (ushort)local.Port);
        FlowKey.WriteFamily(key[FamilyAt..], local);
    }
}
