namespace Toe.Linux;

/// <summary>The four bytes with which one end of an rsocket tells the other what it did, in the host's byte order. Source: rdma-core, librdmacm/rsocket.c.</summary>
/// <param name="Bits">The bytes as a number.</param>
internal readonly record struct RsocketMessage(uint Bits)
{
    public const int Size = sizeof(uint);
    private const int KindShift = 29;
    private const uint ValueMask = (1u << KindShift) - 1;

    public RsocketMessageKind Kind => (RsocketMessageKind)(Bits >> KindShift);

    public uint Value => Bits & ValueMask;

    public static RsocketMessage Data(int bytes) => Of(RsocketMessageKind.Data, (uint)bytes);

    public static RsocketMessage Grant(ushort limit) => Of(RsocketMessageKind.Grant, limit);

    public static RsocketMessage Control(RsocketControl what) => Of(RsocketMessageKind.Control, (uint)what);

    private static RsocketMessage Of(RsocketMessageKind kind, uint value) => new(((uint)kind << KindShift) | value);
}
