using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Toe.Linux;

/// <summary>The key of a steered connection, as the programs make it from a packet: addresses (IPv4's in the first four bytes) and ports in network order, then the family.</summary>
internal static class FlowKey
{
    internal const int Length = 40;
    internal const int RemoteAt = 0;
    internal const int LocalAt = 16;
    internal const int RemotePortAt = 32;
    internal const int LocalPortAt = 34;
    internal const int FamilyAt = 36;

    internal const ushort IPv4 = 4;
    internal const ushort IPv6 = 6;

    internal static void Write(Span<byte> key, IPEndPoint local, IPEndPoint remote)
    {
        key[..Length].Clear();
        remote.Address.TryWriteBytes(key[RemoteAt..], out _);
        local.Address.TryWriteBytes(key[LocalAt..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(key[RemotePortAt..], (ushort)remote.Port);
        BinaryPrimitives.WriteUInt16BigEndian(key[LocalPortAt..], (ushort)local.Port);
        WriteFamily(key[FamilyAt..], local);
    }

    /// <summary>In the machine's order: the programs write it so.</summary>
    internal static void WriteFamily(Span<byte> at, IPEndPoint local) =>
        BitConverter.TryWriteBytes(at, local.AddressFamily == AddressFamily.InterNetworkV6 ? IPv6 : IPv4);
}
