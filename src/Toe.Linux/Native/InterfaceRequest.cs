using System.Runtime.InteropServices;
using System.Text;

namespace Toe.Linux;

/// <summary><c>struct ifreq</c> of the 64-bit ABIs. Source: linux/if.h.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal unsafe struct InterfaceRequest
{
    /// <summary>IFNAMSIZ, which counts the terminating zero.</summary>
    internal const int NameSize = 16;

    [FieldOffset(0)] internal fixed byte Name[NameSize];
    [FieldOffset(16)] internal short Flags;                     // ifr_flags
    [FieldOffset(16)] internal int Value;                       // ifr_ifindex, ifr_mtu
    [FieldOffset(16)] internal void* Data;                      // ifr_data
    [FieldOffset(16)] internal ushort HardwareFamily;           // ifr_hwaddr.sa_family, an ARPHRD_ value
    [FieldOffset(18)] internal fixed byte HardwareAddress[6];   // ifr_hwaddr.sa_data

    internal static InterfaceRequest For(string name)
    {
        InterfaceRequest request = default;
        Encoding.UTF8.GetBytes(name, new Span<byte>(request.Name, NameSize - 1));
        return request;
    }

    internal string ReadName()
    {
        fixed (byte* name = Name)
        {
            var bytes = new ReadOnlySpan<byte>(name, NameSize);
            var end = bytes.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        }
    }

    /// <summary>The kernel's own rule for interface names (<c>dev_valid_name</c> in net/core/dev.c).</summary>
    internal static bool IsValidName(string name) =>
        name.Length > 0 && Encoding.UTF8.GetByteCount(name) < NameSize && name is not ("." or "..")
        && !name.AsSpan().ContainsAny("/:%\0") && !name.Any(char.IsWhiteSpace);
}
