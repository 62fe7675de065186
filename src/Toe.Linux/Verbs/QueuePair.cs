using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>
/// What a connection has in the device: a queue pair, its completion queue, and the registered memory. Owned by its <see cref="RdmaIdentifier"/>, which destroys it when nobody is inside
/// any more.
/// </summary>
internal sealed unsafe class QueuePair : IRsocketQueue
{
    private readonly CmIdentifier* _identifier;
    private readonly VerbsContext* _context;
    private readonly RsocketBuffers _buffers;
    private readonly CompletionThread _thread;
    private CompletionChannel? _channel;
    private MemoryRegion* _sendRegion;
    private MemoryRegion* _writableRegion;
    private void* _pair;

    private QueuePair(CmIdentifier* identifier, RsocketBuffers buffers, CompletionThread thread)
    {
        _identifier = identifier;
        _context = identifier->Context;
        _buffers = buffers;
        _thread = thread;
        var kept = false;
        buffers.DangerousAddRef(ref kept); // The device's own, until the memory is registered no longer.
    }

    /// <summary>Its completions.</summary>
    public CompletionQueue* Completions { get; private set; }

    /// <summary>Lets the peer write.</summary>
    public uint WritableKey => _writableRegion->RemoteKey;

    /// <summary>Makes one, with all receive slots posted.</summary>
    /// <param name="identifier">The connection; its device is known.</param>
    /// <param name="buffers">Its memory.</param>
    /// <param name="dataRequests">Transfers that may be under way.</param>
    /// <param name="thread">Takes the completions.</param>
    /// <param name="cookie">What a completion event carries.</param>
    /// <param name="pair">To be destroyed by the caller also when this fails.</param>
    /// <returns>0, or the error number.</returns>
    public static int Create(CmIdentifier* identifier, RsocketBuffers buffers, int dataRequests, CompletionThread thread, nint cookie, out QueuePair pair)
    {
        pair = new QueuePair(identifier, buffers, thread);
        return pair.Create((2 * dataRequests) + RsocketStream.ControlRequests, cookie);
    }

    /// <inheritdoc/>
    public int PostData(int offset, RemoteMemory target, RsocketMessage message, RequestTag tag)
    {
        var bytes = new MemorySegment { Address = (ulong)(_buffers.SendRing + offset), Length = target.Length, Key = _sendRegion->LocalKey };
        return PostWriteAndMessage(&bytes, 0, target.Address, target.Key, message, tag);
    }

    /// <inheritdoc/>
    public int PostWindow(RemoteMemory window, ulong address, uint key, RsocketMessage message, RequestTag tag)
    {
        var bytes = new MemorySegment { Address = (ulong)&window, Length = RemoteMemory.Size };
        return PostWriteAndMessage(&bytes, SendRequest.Inline, address, key, message, tag);
    }

    /// <inheritdoc/>
    public int PostMessage(RsocketMessage message, RequestTag tag)
    {
        var bits = message.Bits;
        var bytes = new MemorySegment { Address = (ulong)&bits, Length = RsocketMessage.Size };
        var request = new SendRequest { Tag = tag.Bits, Segments = &bytes, SegmentCount = 1, Operation = SendRequest.Send, Flags = SendRequest.Inline | SendRequest.Signalled };
        return Ibverbs.PostSend(_context, _pair, &request);
    }

    /// <inheritdoc/>
    public int PostNothing(RequestTag tag)
    {
        var request = new SendRequest { Tag = tag.Bits, Operation = SendRequest.RdmaWrite, Flags = SendRequest.Signalled };
        return Ibverbs.PostSend(_context, _pair, &request);
    }

    /// <inheritdoc/>
    public int PostReceive(int slot)
    {
        var bytes = new MemorySegment { Address = (ulong)(_buffers.Messages + slot), Length = RsocketMessage.Size, Key = _writableRegion->LocalKey };
        var request = new ReceiveRequest { Tag = RequestTag.Receive(slot).Bits, Segments = &bytes, SegmentCount = 1 };
        return Ibverbs.PostReceive(_context, _pair, &request);
    }

    /// <summary>Gives everything back. Blocks; once, when nobody is inside.</summary>
    public void Destroy()
    {
        if (_pair is not null)
            RdmaCm.rdma_destroy_qp(_identifier);
        if (Completions is not null)
            _ = Ibverbs.ibv_destroy_cq(Completions);
        if (_channel is not null)
            _thread.Release(_channel);
        var isFree = _sendRegion is null || Ibverbs.ibv_dereg_mr(_sendRegion) == 0;
        isFree &= _writableRegion is null || Ibverbs.ibv_dereg_mr(_writableRegion) == 0;
        if (isFree)
            _buffers.DangerousRelease(); // Else the device may still write there, and the memory is lost on purpose.
    }

    private int Create(int sendRequests, nint cookie)
    {
        VerbsLimits limits;
        if (_context->Device->Transport != VerbsDevice.Iwarp)
            return ErrorNumber.NotSupported; // RoCE's messages go by another way.
        if (Ibverbs.ibv_query_device(_context, &limits) is var error && error != 0)
            return error;
        if (sendRequests > limits.Requests || _buffers.Slots > limits.Requests || sendRequests + _buffers.Slots > limits.Completions)
            return ErrorNumber.InvalidArgument;
        if ((_channel = _thread.Acquire(_context)) is null)
            return LastError();
        Completions = Ibverbs.ibv_create_cq(_context, sendRequests + _buffers.Slots, cookie, _channel.Pointer, 0);
        if (Completions is null)
            return LastError();
        var attributes = new QueuePairAttributes
        {
            SendQueue = Completions,
            ReceiveQueue = Completions,
            SendRequests = sendRequests,
            ReceiveRequests = _buffers.Slots,
            SendSegments = 1,
            ReceiveSegments = 1,
            InlineBytes = RemoteMemory.Size,
            Type = QueuePairAttributes.ReliableConnection,
        };
        if (RdmaCm.rdma_create_qp(_identifier, null, &attributes) != 0)
            return LastError();
        _pair = _identifier->QueuePair;
        return Register() is var failed && failed != 0 ? failed : PostReceives();
    }

    private int Register()
    {
        _sendRegion = Ibverbs.ibv_reg_mr(_identifier->Domain, _buffers.SendRing, (nuint)_buffers.SendSize, MemoryRegion.LocalWrite);
        if (_sendRegion is null)
            return LastError();
        _writableRegion = Ibverbs.ibv_reg_mr(_identifier->Domain, _buffers.ReceiveRing, (nuint)_buffers.WritableSize, MemoryRegion.LocalWrite | MemoryRegion.RemoteWrite);
        return _writableRegion is null ? LastError() : 0;
    }

    /// <summary>A provider that fails without saying why has failed all the same.</summary>
    private static int LastError() => Marshal.GetLastPInvokeError() is var error && error != 0 ? error : ErrorNumber.InputOutput;

    private int PostReceives()
    {
        var error = 0;
        for (var slot = 0; slot < _buffers.Slots && error == 0; slot++)
            error = PostReceive(slot);
        return error;
    }

    private int PostWriteAndMessage(MemorySegment* bytes, int flags, ulong address, uint key, RsocketMessage message, RequestTag tag)
    {
        var bits = message.Bits;
        var messageBytes = new MemorySegment { Address = (ulong)&bits, Length = RsocketMessage.Size };
        var second = new SendRequest
        {
            Tag = tag.Bits,
            Segments = &messageBytes,
            SegmentCount = 1,
            Operation = SendRequest.Send,
            Flags = SendRequest.Inline | SendRequest.Signalled,
        };
        var first = new SendRequest
        {
            Tag = RequestTag.Control(0).Bits, // Comes back in an error only.
            Next = &second,
            Segments = bytes,
            SegmentCount = 1,
            Operation = SendRequest.RdmaWrite,
            Flags = flags,
            RemoteAddress = address,
            RemoteKey = key,
        };
        return Ibverbs.PostSend(_context, _pair, &first);
    }
}
