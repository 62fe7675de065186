using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>
/// The memory of one rsocket, page by page: a ring that is sent from, and behind it what the peer may write: a ring that it fills, slots for its messages, and a table of windows. Freed
/// when the socket and the device have both let go.
/// </summary>
internal sealed unsafe class RsocketBuffers : SafeHandle
{
    /// <summary>Places of the table of windows. Source: rdma-core, librdmacm/rsocket.c (RS_SGL_SIZE).</summary>
    public const int Windows = 2;

    private const int Page = 4096;
    private const int Least = 2 * Page;
    private const int Most = 1 << 28;       // A message counts to 2^29.

    /// <summary>Gets memory.</summary>
    /// <param name="sendSize">Bytes to send from; rounded up to two pages or more.</param>
    /// <param name="receiveSize">Bytes to receive into, likewise.</param>
    /// <param name="slots">Messages that can wait.</param>
    /// <exception cref="OutOfMemoryException">There is no such memory.</exception>
    public RsocketBuffers(int sendSize, int receiveSize, int slots)
        : base(0, ownsHandle: true)
    {
        (SendSize, ReceiveSize, Slots) = (Round(sendSize), Round(receiveSize), slots);
        WritableSize = ReceiveSize + (RsocketMessage.Size * ((slots + 3) & ~3)) + (Windows * RemoteMemory.Size);
        var memory = NativeMemory.AlignedAlloc((nuint)(SendSize + WritableSize), Page);
        NativeMemory.Clear(memory, (nuint)(SendSize + WritableSize));
        SetHandle((nint)memory);
    }

    public override bool IsInvalid => handle == 0;

    public int SendSize { get; }

    public int ReceiveSize { get; }

    public int Slots { get; }

    /// <summary>Bytes that the peer may write to.</summary>
    public int WritableSize { get; }

    public byte* SendRing => (byte*)handle;

    public byte* ReceiveRing => SendRing + SendSize;

    public uint* Messages => (uint*)(ReceiveRing + ReceiveSize);

    public RemoteMemory* Table => (RemoteMemory*)(ReceiveRing + WritableSize - (Windows * RemoteMemory.Size));

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }

    private static int Round(int size) => (Math.Clamp(size, Least, Most) + (2 * Page) - 1) & ~((2 * Page) - 1); // Halves of the ring are whole pages.
}
