using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>Builds one request in a caller's buffer, which must be large enough: requests are of fixed, small shapes.</summary>
internal ref struct NetlinkWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    internal NetlinkWriter(Span<byte> buffer, ushort type, ushort flags)
    {
        _buffer = buffer;
        buffer.Clear();
        MemoryMarshal.Write(buffer, new NetlinkMessageHeader { Type = type, Flags = flags });
        _length = NetlinkMessageHeader.Size;
    }

    internal void Write<T>(scoped in T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(_buffer[_length..], value);
        _length += (Unsafe.SizeOf<T>() + 3) & ~3;
    }

    /// <summary>Writes octets as they are, padded to the next word.</summary>
    internal void WriteBytes(scoped ReadOnlySpan<byte> value)
    {
        value.CopyTo(_buffer[_length..]);
        _length += (value.Length + 3) & ~3;
    }

    internal void WriteAttribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        var length = 4 + value.Length;
        MemoryMarshal.Write(_buffer[_length..], (ushort)length);
        MemoryMarshal.Write(_buffer[(_length + 2)..], type);
        value.CopyTo(_buffer[(_length + 4)..]);
        _length += (length + 3) & ~3;
    }

    internal void WriteAttribute<T>(ushort type, scoped in T value)
        where T : unmanaged => WriteAttribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Completes the header with the length and returns the request.</summary>
    internal readonly Span<byte> Finish()
    {
        MemoryMarshal.Write(_buffer, (uint)_length);
        return _buffer[.._length];
    }
}
