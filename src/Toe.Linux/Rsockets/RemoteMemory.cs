using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>Memory of one end that the other may write, as both exchange it. Source: rdma-core, librdmacm/rsocket.c (struct rs_sge).</summary>
/// <param name="Address">Where it begins, in its owner's address space.</param>
/// <param name="Key">The key that lets the other end write.</param>
/// <param name="Length">Its length in bytes.</param>
[StructLayout(LayoutKind.Sequential)]
internal record struct RemoteMemory(ulong Address, uint Key, uint Length)
{
    public const int Size = 16;

    /// <summary>For a peer whose bytes stand the other way round.</summary>
    public readonly RemoteMemory Swapped() =>
        new(BinaryPrimitives.ReverseEndianness(Address), BinaryPrimitives.ReverseEndianness(Key), BinaryPrimitives.ReverseEndianness(Length));
}
