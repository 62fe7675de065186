using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Toe.Emulated.Wire;

/// <summary>An IPv4 or IPv6 address as a value; IPv4 in its mapped form (::ffff:0:0/96), so one comparison serves both.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AddressValue(ulong High, ulong Low)
{
    private const ulong MappedPrefix = 0xffffUL << 32;

    public bool IsV4 => High == 0 && Low >> 32 == 0xffff;

    public uint V4 => (uint)Low;

    public static AddressValue FromV4(uint address) => new(0, MappedPrefix | address);

    public static AddressValue FromV6(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>From 4 or 16 bytes in network order.</summary>
    public static AddressValue Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 4 ? FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes)) : FromV6(bytes);

    public static AddressValue From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return Read(bytes[..written]);
    }

    public bool IsUnspecified => IsV4 ? V4 == 0 : High == 0 && Low == 0;

    public bool IsMulticast => IsV4 ? V4 >> 28 == 0xe : High >> 56 == 0xff;

    public bool IsLimitedBroadcast => IsV4 && V4 == 0xffffffff;

    /// <summary>An address that one connection can have at either end: no group, no broadcast, not "any", not 0/8 or class E.</summary>
    public bool IsUsable => !IsUnspecified && !IsMulticast && !(IsV4 && (V4 >> 24 == 0 || V4 >> 28 == 0xf));

    public AddressValue Any => IsV4 ? FromV4(0) : default;

    public void WriteV4(Span<byte> destination) => BinaryPrimitives.WriteUInt32BigEndian(destination, V4);

    public void WriteV6(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    /// <summary>To 4 bytes for an IPv4 address, else to 16.</summary>
    public void Write(Span<byte> destination)
    {
        if (IsV4) WriteV4(destination);
        else WriteV6(destination);
    }

    public IPAddress ToAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        if (IsV4)
        {
            WriteV4(bytes);
            return new IPAddress(bytes[..4]);
        }
        WriteV6(bytes);
        return new IPAddress(bytes);
    }

    public IPEndPoint ToEndPoint(int port) => new(ToAddress(), port);

    public AddressFamily Family => IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
}
