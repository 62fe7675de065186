using System.Runtime.InteropServices;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <summary>
/// Handshakes without memory (RFC 4987 §3.6, appendix A): what a half-open connection would have to remember lies in the initial sequence number of the
/// SYN-ACK, and in the low bits of its timestamp.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct SynCookies(KeyedHash hash)
{
    /// <summary>How long the counter stands; a cookie is good for this long and up to once more.</summary>
    public const long Period = 64 * TimeSpan.TicksPerSecond;

    private const byte Purpose = 5;
    private const int CounterShift = 27, SizeShift = 24;
    private const uint CounterMask = 31, SizeMask = 7, HashMask = 0xffffff;

    /// <summary>What of the timestamp holds options.</summary>
    private const uint OptionMask = 63;
    private const uint NoScale = 15, SackBit = 16, EcnBit = 32;

    /// <summary>The segment sizes that there are bits for; a peer's is rounded down.</summary>
    private static ReadOnlySpan<ushort> Sizes => [48, 536, 1220, 1300, 1440, 1460, 4312, 8960];

    public uint Make(in FourTuple tuple, uint peerSequence, ushort segmentSize, long now)
    {
        uint size = 0;
        while (size + 1 < Sizes.Length && Sizes[(int)size + 1] <= segmentSize) size++;
        return Cookie(tuple, peerSequence, Counter(now), size);
    }

    /// <summary>Is this the number that was given to that SYN, not long ago?</summary>
    /// <param name="tuple">The connection.</param>
    /// <param name="peerSequence">The SYN's sequence number.</param>
    /// <param name="cookie">What the ACK acknowledges, less one.</param>
    /// <param name="now">The time.</param>
    /// <param name="segmentSize">What the SYN's MSS was, at least.</param>
    public bool TryRead(in FourTuple tuple, uint peerSequence, uint cookie, long now, out ushort segmentSize)
    {
        var size = cookie >> SizeShift & SizeMask;
        var counter = cookie >> CounterShift;
        segmentSize = Sizes[(int)size];
        var age = Counter(now) - counter & CounterMask;
        return age <= 1 && Cookie(tuple, peerSequence, counter, size) == cookie;
    }

    /// <summary>A timestamp not later than the one given, with what the SYN's options were.</summary>
    public static uint Stamp(uint timestamp, ref readonly TcpOptions options, bool ecn)
    {
        var bits = (options.HasWindowScale ? options.WindowScale : NoScale) | (options.SackPermitted ? SackBit : 0) | (ecn ? EcnBit : 0);
        var stamp = timestamp & ~OptionMask | bits;
        return (int)(stamp - timestamp) > 0 ? stamp - OptionMask - 1 : stamp;
    }

    /// <summary>The SYN's options, from the echo of <see cref="Stamp"/>.</summary>
    public static void ReadStamp(uint echo, ref TcpOptions options, out bool ecn)
    {
        var scale = echo & NoScale;
        options.HasWindowScale = scale <= TcpOptions.MaximumShift;
        options.WindowScale = options.HasWindowScale ? (byte)scale : (byte)0;
        options.SackPermitted = (echo & SackBit) != 0;
        ecn = (echo & EcnBit) != 0;
    }

    private static uint Counter(long now) => (uint)(now / Period) & CounterMask;

    private uint Cookie(in FourTuple tuple, uint peerSequence, uint counter, uint size) =>
        counter << CounterShift | size << SizeShift | (uint)hash.Of(tuple, (ulong)peerSequence << 32 | counter << 8 | size, Purpose) & HashMask;
}
