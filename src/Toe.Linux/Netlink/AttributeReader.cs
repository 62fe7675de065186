using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>Walks <c>struct rtattr</c> attributes (linux/rtnetlink.h). Total, as <see cref="NetlinkReader"/>.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    private const int HeaderSize = 4;
    private const ushort TypeMask = 0x3FFF;     // NLA_TYPE_MASK, linux/netlink.h: without NLA_F_NESTED and NLA_F_NET_BYTEORDER

    private ReadOnlySpan<byte> _rest = attributes;

    internal bool IsMalformed { get; private set; }

    internal bool TryRead(out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (_rest.IsEmpty || IsMalformed)
            return false;
        var length = _rest.Length < HeaderSize ? 0 : MemoryMarshal.Read<ushort>(_rest);
        if (length < HeaderSize || length > _rest.Length)
        {
            IsMalformed = true;
            return false;
        }

        type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask);
        value = _rest[HeaderSize..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }

    /// <summary>A 32-bit value in host byte order; false (and malformed) for any other length.</summary>
    internal bool TryGetUInt32(ReadOnlySpan<byte> value, out uint number)
    {
        number = 0;
        if (value.Length == sizeof(uint))
        {
            number = MemoryMarshal.Read<uint>(value);
            return true;
        }

        IsMalformed = true;
        return false;
    }
}
