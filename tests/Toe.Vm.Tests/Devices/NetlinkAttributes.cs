using System.Runtime.InteropServices;
using System.Text;

namespace Toe.Vm.Tests.Devices;

/// <summary>The attributes of a netlink message, found by number. Source: linux/netlink.h, struct nlattr.</summary>
internal sealed class NetlinkAttributes
{
    private const int TypeMask = 0x3fff; // NLA_TYPE_MASK

    private readonly List<(int Type, byte[] Value)> _all = [];

    public NetlinkAttributes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 4)
        {
            int length = MemoryMarshal.Read<ushort>(bytes);
            if (length < 4 || length > bytes.Length)
                return;
            _all.Add((MemoryMarshal.Read<ushort>(bytes[2..]) & TypeMask, bytes[4..length].ToArray()));
            bytes = bytes[Math.Min(bytes.Length, (length + 3) & ~3)..];
        }
    }

    public IEnumerable<byte[]> Each(int type) => _all.Where(one => one.Type == type).Select(static one => one.Value);

    public string? Text(int type) => Each(type).FirstOrDefault() is { } value ? Encoding.UTF8.GetString(value).TrimEnd('\0') : null;

    public long? Number(int type) => Each(type).FirstOrDefault() switch
    {
        [var one] => one,
        { Length: 4 } four => MemoryMarshal.Read<uint>(four),
        { Length: 8 } eight => MemoryMarshal.Read<long>(eight),
        _ => null,
    };
}
