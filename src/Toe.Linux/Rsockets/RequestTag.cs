namespace Toe.Linux;

/// <summary>What a posted request was, as the number that its completion carries.</summary>
/// <param name="Bits">The number.</param>
internal readonly record struct RequestTag(ulong Bits)
{
    private const ulong ReceiveFlag = 1UL << 63;
    private const ulong ControlFlag = 1UL << 62;

    public bool IsReceive => (Bits & ReceiveFlag) != 0;

    public bool IsControl => (Bits & ControlFlag) != 0;

    /// <summary>The slot of a receive, the bytes of a transfer, or the requests of a control message.</summary>
    public int Value => (int)(uint)Bits;

    public static RequestTag Receive(int slot) => new(ReceiveFlag | (uint)slot);

    public static RequestTag Data(int bytes) => new((uint)bytes);

    public static RequestTag Control(int requests) => new(ControlFlag | (uint)requests);
}
