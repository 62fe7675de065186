using System.Buffers.Binary;

namespace Toe.Linux;

/// <summary>
/// What each end tells the other with the connection request and its answer: 40 bytes, in network byte order. Source: rdma-core, librdmacm/rsocket.c (struct rs_conn_data).
/// </summary>
/// <param name="Credits">Messages that it can take before it grants more.</param>
/// <param name="Windows">Its table of windows; <see cref="RemoteMemory.Length"/> counts places.</param>
/// <param name="FirstWindow">Where the other end's first bytes go.</param>
internal readonly record struct RsocketGreeting(ushort Credits, RemoteMemory Windows, RemoteMemory FirstWindow)
{
    public const int Size = 40;
    private const byte Version = 1;
    private const byte BigEndian = 1;       // RS_CONN_FLAG_NET
    private const byte HasMap = 2;          // RS_CONN_FLAG_IOMAP
    private const int MostWindows = 1024;   // Two are usual; a table is walked through, so any number of them will do.

    /// <summary>True when the end that sent it has the other byte order than this one.</summary>
    public bool IsSwapped { get; init; }

    /// <summary>Reads one. Total: what is no greeting of an rsocket is none.</summary>
    /// <param name="bytes">The private data of a request or an answer; a device may have padded it.</param>
    /// <param name="greeting">What it says.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out RsocketGreeting greeting)
    {
        greeting = default;
        if (bytes.Length < Size || bytes[0] != Version)
            return false;
        var credits = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var (windows, first) = (ReadMemory(bytes[8..]), ReadMemory(bytes[24..]));
        if (credits == 0 || windows.Length is 0 or > MostWindows)
            return false;
        greeting = new RsocketGreeting(credits, windows, first) { IsSwapped = (bytes[1] & BigEndian) != 0 == BitConverter.IsLittleEndian };
        return true;
    }

    /// <summary>Writes it.</summary>
    /// <param name="bytes">At least <see cref="Size"/> of them.</param>
    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear(); // Among them the length of the map by name, which nobody writes to.
        bytes[0] = Version;
        bytes[1] = (byte)(HasMap | (BitConverter.IsLittleEndian ? 0 : BigEndian));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], Credits);
        WriteMemory(bytes[8..], Windows);
        WriteMemory(bytes[24..], FirstWindow);
    }

    private static RemoteMemory ReadMemory(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]));

    private static void WriteMemory(Span<byte> bytes, RemoteMemory memory)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, memory.Address);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], memory.Key);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], memory.Length);
    }
}
