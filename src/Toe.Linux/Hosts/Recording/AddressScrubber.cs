using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Toe.Linux.Recording;

/// <summary>
/// Replaces addresses by others, the same one by the same one, and two that share a prefix by two that share one of the same length (Crypto-PAn's property), so that
/// routes and rules decide as before. What means the same on every machine stays: loopback, unspecified, multicast, and the prefixes of private, link-local and other
/// IPv4 addresses (their first octet, or two), which keeps an address from becoming one of another kind.
/// </summary>
internal sealed class AddressScrubber : IDisposable
{
    private const int MostAddresses = 1_000_000;

    private readonly HMACSHA256 _hash;
    private readonly Dictionary<(UInt128 Value, int Width, int Bits), UInt128> _known = [];

    /// <summary>Replaces by a key that nobody keeps.</summary>
    public AddressScrubber()
        : this(RandomNumberGenerator.GetBytes(32))
    {
    }

    internal AddressScrubber(byte[] key) => _hash = new HMACSHA256(key);

    /// <summary>The replacement of an address, or of the network part of a prefix.</summary>
    /// <param name="address">The address.</param>
    /// <param name="bits">How many bits of it count, when those behind are zero: they stay zero then.</param>
    public IPAddress Scrub(IPAddress address, int bits = 128)
    {
        if (address.IsIPv4MappedToIPv6)
            return Scrub(address.MapToIPv4(), Math.Max(0, bits - 96)).MapToIPv6();
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var length);
        Scrub(octets[..length], bits);
        return address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(octets, address.ScopeId) : new IPAddress(octets[..length]);
    }

    /// <summary>The same in place, for four or sixteen octets.</summary>
    public void Scrub(Span<byte> octets, int bits = 128)
    {
        var kept = KeptBits(octets);
        var count = Math.Min(bits, octets.Length * 8);
        if (kept >= count)
            return;
        var value = Read(octets);
        if (count < octets.Length * 8 && (value & ((UInt128.One << ((octets.Length * 8) - count)) - 1)) != UInt128.Zero)
            count = octets.Length * 8; // An address with its prefix's length, such as an interface's: what is behind the prefix is the machine's own.
        var key = (value, octets.Length, count);
        if (!_known.TryGetValue(key, out var replaced))
        {
            replaced = Replace(octets, kept, count);
            if (_known.Count < MostAddresses)
                _known[key] = replaced;
        }

        Write(replaced, octets);
    }

    /// <summary>A hardware address: the bits for group and locally administered stay, zeros and ones alone stay.</summary>
    public void ScrubHardware(Span<byte> octets)
    {
        if (octets.Length < 2 || octets.IndexOfAnyExcept((byte)0) < 0 || octets.IndexOfAnyExcept((byte)0xff) < 0)
            return;
        Span<byte> input = stackalloc byte[64];
        input[0] = (byte)'h';
        octets[..Math.Min(octets.Length, 63)].CopyTo(input[1..]);
        var mask = Hash(input);
        var first = octets[0];
        mask.AsSpan(0, Math.Min(octets.Length, mask.Length)).CopyTo(octets);
        octets[0] = (byte)((octets[0] & ~3) | (first & 1) | 2); // Locally administered: nobody's.
    }

    public void Dispose() => _hash.Dispose();

    /// <summary>How many bits at the beginning mean something everywhere.</summary>
    private static int KeptBits(ReadOnlySpan<byte> octets)
    {
        if (octets.Length == 4)
        {
            return octets[0] switch
            {
                0 or 127 or >= 224 => 32,                           // unspecified and this network, loopback, multicast and reserved
                169 or 172 or 192 => 16,                            // have link-local and private parts (RFC 3927, RFC 1918)
                _ => 8,
            };
        }

        if (octets[..15].IndexOfAnyExcept((byte)0) < 0 || octets[0] == 0xff)
            return 128; // Unspecified, loopback, multicast.
        return octets[0] switch
        {
            0xfe when (octets[1] & 0xc0) == 0x80 => 64, // link-local
            0xfc or 0xfd => 8,                          // unique local
            _ => 3,                                     // global unicast stays 2000::/3
        };
    }

    /// <summary>Bit by bit: whether it flips depends on the bits before it.</summary>
    private UInt128 Replace(ReadOnlySpan<byte> octets, int kept, int count)
    {
        var value = Read(octets);
        var result = value;
        var width = octets.Length * 8;
        Span<byte> input = stackalloc byte[18];
        for (var bit = kept; bit < count; bit++)
        {
            var before = bit == 0 ? UInt128.Zero : value >> (width - bit);
            input[0] = (byte)octets.Length;
            input[1] = (byte)bit;
            BinaryPrimitives.WriteUInt128BigEndian(input[2..], before);
            if ((Hash(input)[0] & 1) != 0)
                result ^= UInt128.One << (width - 1 - bit);
        }

        return result;
    }

    private byte[] Hash(ReadOnlySpan<byte> input) => _hash.ComputeHash(input.ToArray());

    private static UInt128 Read(ReadOnlySpan<byte> octets) =>
        octets.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(octets) : BinaryPrimitives.ReadUInt128BigEndian(octets);

    private static void Write(UInt128 value, Span<byte> octets)
    {
        if (octets.Length == 4)
            BinaryPrimitives.WriteUInt32BigEndian(octets, (uint)value);
        else
            BinaryPrimitives.WriteUInt128BigEndian(octets, value);
    }
}
