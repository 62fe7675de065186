using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Toe.Emulated.Wire;

/// <summary>The TCP options this engine understands. Parsing is total: what is illegal ends the list (RFC 9293 MUST-5 to MUST-7).</summary>
[StructLayout(LayoutKind.Auto)]
internal struct TcpOptions
{
    public const byte End = 0, NoOperation = 1, MaximumSegmentSizeKind = 2, WindowScaleKind = 3, SackPermittedKind = 4, SackKind = 5,
        TimestampsKind = 8;
    public const int TimestampsLength = 12;

    /// <summary>Two NOPs and the timestamps' kind and length, as RFC 7323 appendix A lays them out: nearly every segment has these alone.</summary>
    private const uint TimestampsAlone = 0x0101080a;

    /// <summary>RFC 7323 §2.3: a larger shift is used as 14.</summary>
    public const int MaximumShift = 14;

    public ushort MaximumSegmentSize;
    public byte WindowScale;
    public bool HasWindowScale;
    public bool HasTimestamps;
    public uint TimestampValue;
    public uint TimestampEcho;
    public bool SackPermitted;
    public SackBlocks Sacks;

    public static TcpOptions Parse(ReadOnlySpan<byte> options)
    {
        var parsed = default(TcpOptions);
        if (options.Length == TimestampsLength && BinaryPrimitives.ReadUInt32BigEndian(options) == TimestampsAlone)
        {
            parsed.TakeTimestamps(options[4..]);
            return parsed;
        }
        while (!options.IsEmpty)
        {
            var kind = options[0];
            if (kind == End) break;
            if (kind == NoOperation)
            {
                options = options[1..];
                continue;
            }
            if (options.Length < 2) break;
            var length = options[1];
            if (length < 2 || length > options.Length) break;
            var value = options[2..length];
            switch (kind)
            {
                case MaximumSegmentSizeKind when length == 4:
                    parsed.MaximumSegmentSize = BinaryPrimitives.ReadUInt16BigEndian(value);
                    break;
                case WindowScaleKind when length == 3:
                    parsed.HasWindowScale = true;
                    parsed.WindowScale = Math.Min(value[0], (byte)MaximumShift);
                    break;
                case TimestampsKind when length == 10:
                    parsed.TakeTimestamps(value);
                    break;
                case SackPermittedKind when length == 2:
                    parsed.SackPermitted = true;
                    break;
                case SackKind when value.Length % 8 == 0:
                    parsed.TakeSacks(value);
                    break;
                default:
                    break; // Unknown, or a known kind of a length it cannot have: skipped by its length (MUST-6).
            }
            options = options[length..];
        }
        return parsed;
    }

    private void TakeTimestamps(ReadOnlySpan<byte> value)
    {
        HasTimestamps = true;
        TimestampValue = BinaryPrimitives.ReadUInt32BigEndian(value);
        TimestampEcho = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
    }

    private void TakeSacks(ReadOnlySpan<byte> value)
    {
        for (; !value.IsEmpty; value = value[8..])
            Sacks.Add(BinaryPrimitives.ReadUInt32BigEndian(value), BinaryPrimitives.ReadUInt32BigEndian(value[4..]));
    }
}
