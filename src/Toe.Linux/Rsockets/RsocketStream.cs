namespace Toe.Linux;

/// <summary>
/// The rsockets protocol of one connection over iWARP, without I/O: bytes go by RDMA writes into windows of the peer's ring, and four-byte messages say how many. Wire-compatible with
/// librdmacm's rsockets. Source: rdma-core, librdmacm/rsocket.c (RS_OPT_MSG_SEND).
/// </summary>
/// <remarks>
/// Three owners, each of what it counts up, and no lock between them: one sender, one receiver, and whoever takes completions, one at a time. librdmacm's own stream shares plain counters between
/// them, which is how it loses counts and hangs.
/// </remarks>
internal sealed unsafe class RsocketStream
{
    private const int LeastRoom = 2048;         // RS_SNDLOWAT: no crumbs
    private const int MostBytes = 131072;       // Twice RS_MAX_TRANSFER: each transfer wakes both ends
    private const int MostReserve = 8;          // Messages kept back: the peer has no room set aside for grants, and iWARP ends a connection that lacks a buffer (RFC 5041, 7.1).

    /// <summary>Requests that grants may have under way. The queue has room for them beside the data's, and for the ends of the stream.</summary>
    public const int GrantRequests = 4;

    /// <summary>Room of the send queue that data may not use.</summary>
    public const int ControlRequests = GrantRequests + 4;

    /// <summary>Receive slots beyond the credits, for the peer's grants and ends.</summary>
    public const int ControlSlots = 16;

    private readonly RsocketBuffers _buffers;
    private readonly int _half;
    private readonly ushort _credits;
    private readonly int _dataRequests;
    private readonly RemoteMemory[] _windows = new RemoteMemory[RsocketBuffers.Windows]; // from who takes completions to the sender
    private IRsocketQueue _queue = null!;
    private bool _isPassive;

    // The sender's.
    private RemoteMemory _window;
    private uint _windowsUsed;
    private int _sendOffset;
    private long _postedBytes;
    private long _postedRequests;
    private ushort _messagesSent;
    private bool _hasEndedSending;

    // The receiver's.
    private long _consumed;
    private int _receiveOffset;

    // Of who takes completions.
    private long _sentBytes;
    private long _completedRequests;
    private long _completedControl;
    private long _arrived;
    private uint _windowsFound;
    private RemoteMemory _firstWindow;
    private RemoteMemory _oddWindow;
    private ushort _messagesArrived;
    private ushort _messageLimit;
    private ushort _reserve;
    private bool _peerEnded;
    private bool _peerLeft;
    private bool _hasHeard;

    // Whoever is inside Grant.
    private RemoteMemory _peerTable;
    private uint _peerPlace;
    private long _granted;
    private ushort _grantMark;
    private bool _isSwapped;
    private uint _key;
    private int _grantCalls;

    private long _postedControl;
    private int _heldEnd;               // 0, or the control message that waits, and one
    private int _error;
    private int _isBroken;

    /// <summary>Makes a stream.</summary>
    /// <param name="buffers">Its memory; the caller's, for longer than the stream is used.</param>
    /// <param name="credits">Messages that the peer may send before it is granted more.</param>
    /// <param name="dataRequests">Transfers that the send queue has room for.</param>
    public RsocketStream(RsocketBuffers buffers, ushort credits, int dataRequests)
    {
        _buffers = buffers;
        _half = buffers.ReceiveSize / 2;
        _credits = credits;
        _dataRequests = dataRequests;
        _granted = _half;
        _grantMark = (ushort)(credits / 2);
    }

    /// <summary>The error number that befell the stream; 0 while none did.</summary>
    public int Error => Volatile.Read(ref _error);

    /// <summary>True when the device takes nothing more; why is for the connection manager to say.</summary>
    public bool IsBroken => Volatile.Read(ref _isBroken) != 0;

    /// <summary>True when bytes wait, or the end of the stream.</summary>
    public bool CanReceive => HasBytes || HasPeerEnded || Error != 0;

    /// <summary>True when bytes wait.</summary>
    public bool HasBytes => Volatile.Read(ref _arrived) != Volatile.Read(ref _consumed);

    /// <summary>True when the peer sends nothing more.</summary>
    public bool HasPeerEnded => Volatile.Read(ref _peerEnded);

    /// <summary>True when this end has said that it sends nothing more.</summary>
    public bool HasEndedSending => Volatile.Read(ref _hasEndedSending);

    /// <summary>True when the peer neither sends nor receives any more.</summary>
    public bool HasPeerLeft => Volatile.Read(ref _peerLeft);

    /// <summary>True when a message of the peer's has come.</summary>
    public bool HasHeard => Volatile.Read(ref _hasHeard);

    /// <summary>True while the end that accepted waits for the other's first message: only behind it anything is sent, be it an end that nobody waits for.</summary>
    public bool IsHeld => _isPassive && !HasHeard;

    /// <summary>True when a send is worth waking for: half of the ring is free, or it would fail. What fills the ring will be done, so it comes.</summary>
    public bool CanSend => HasPeerLeft || Error != 0 || HasRoom(_buffers.SendSize / 2);

    /// <summary>True when this end can leave in order: everything that was taken has been read, and the peer still hears it.</summary>
    public bool CanLeave => !IsBroken && Error == 0 && !HasBytes && !HasPeerLeft;

    /// <summary>True when the device is done with all that was posted.</summary>
    public bool IsDrained =>
        Volatile.Read(ref _heldEnd) == 0 // First: it is counted as posted before it is held no longer.
        && Volatile.Read(ref _completedRequests) == Volatile.Read(ref _postedRequests)
        && Volatile.Read(ref _completedControl) == Volatile.Read(ref _postedControl);

    /// <summary>What the peer is told.</summary>
    /// <param name="key">The key of the memory that it may write.</param>
    public RsocketGreeting Greeting(uint key) => new(
        _credits, new RemoteMemory((ulong)_buffers.Table, key, RsocketBuffers.Windows), new RemoteMemory((ulong)_buffers.ReceiveRing, key, (uint)_half));

    /// <summary>Begins, with what the peer told. Before that nothing else is called.</summary>
    /// <param name="queue">Where to post.</param>
    /// <param name="peer">The peer's greeting.</param>
    /// <param name="key">The key of the memory that the peer may write.</param>
    /// <param name="isPassive">True for the end that accepted: it sends nothing before the other has (RFC 5044, 7.1.2), which would break the connection off.</param>
    public void Start(IRsocketQueue queue, in RsocketGreeting peer, uint key, bool isPassive)
    {
        _queue = queue;
        _windows[0] = peer.FirstWindow;
        _windowsFound = 1;
        _windowsUsed = peer.FirstWindow.Length == 0 ? 1u : 0u;
        _messageLimit = peer.Credits;
        _reserve = (ushort)Math.Min(MostReserve, peer.Credits / 2);
        _peerTable = peer.Windows;
        _peerPlace = 1 % peer.Windows.Length; // The first place stands for the first window, which the greeting named.
        _firstWindow = peer.FirstWindow;
        _isSwapped = peer.IsSwapped;
        _key = key;
        _isPassive = isPassive;
        Grant();
    }

    /// <summary>The sender's: copies what there is room for, and posts it.</summary>
    /// <returns>How many bytes were taken.</returns>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        var total = 0;
        while (total < bytes.Length && HasRoom(LeastRoom))
        {
            if (_window.Length == 0)
                TakeWindow();
            var length = Math.Min(Math.Min(bytes.Length - total, MostBytes), Math.Min(_buffers.SendSize - _sendOffset, Room));
            length = (int)Math.Min((uint)length, _window.Length);
            bytes.Slice(total, length).CopyTo(new Span<byte>(_buffers.SendRing + _sendOffset, length));
            PostData(length);
            total += length;
        }

        return total;
    }

    /// <summary>The receiver's: takes what has arrived.</summary>
    /// <param name="buffer">Where to put it.</param>
    /// <param name="mayGrant">False when the device is no longer there to tell the peer by.</param>
    /// <returns>How many bytes.</returns>
    public int Receive(Span<byte> buffer, bool mayGrant)
    {
        var total = (int)Math.Min(Volatile.Read(ref _arrived) - _consumed, buffer.Length);
        for (var done = 0; done < total;)
        {
            var part = Math.Min(total - done, _half - (_receiveOffset % _half)); // By halves, so that the peer goes on while the next is copied.
            new ReadOnlySpan<byte>(_buffers.ReceiveRing + _receiveOffset, part).CopyTo(buffer[done..]);
            done += part;
            _receiveOffset = (_receiveOffset + part) % _buffers.ReceiveSize;
            Volatile.Write(ref _consumed, _consumed + part);
            if (mayGrant && IsWindowDue)
                Grant();
        }

        return total;
    }

    /// <summary>The sender's: says that nothing more comes behind what was sent.</summary>
    public void EndSending()
    {
        if (_hasEndedSending)
            return;
        Volatile.Write(ref _hasEndedSending, true);
        PostEnd(HasPeerEnded ? RsocketControl.Disconnect : RsocketControl.Shutdown);
    }

    /// <summary>Says that nothing more is sent or received. Neither sender nor receiver may be inside.</summary>
    public void Leave() => PostEnd(RsocketControl.Disconnect);

    /// <summary>Makes the device ask the peer's.</summary>
    public void KeepAlive()
    {
        if (IsHeld)
            return;
        Interlocked.Increment(ref _postedControl); // Before it is posted: it may be done before the call returns.
        Check(_queue.PostNothing(RequestTag.Control(1)));
    }

    /// <summary>For who takes completions: a request is done.</summary>
    public void Complete(RequestTag tag)
    {
        if (tag.IsControl)
        {
            Volatile.Write(ref _completedControl, _completedControl + tag.Value);
            Grant(); // Whether it is due is asked inside, behind a fence: the receiver may have found no room for it just now.
            return;
        }

        Volatile.Write(ref _sentBytes, _sentBytes + tag.Value);
        Volatile.Write(ref _completedRequests, _completedRequests + 1);
    }

    /// <summary>For who takes completions: a message stands in a slot. The slot goes back to the device.</summary>
    /// <param name="slot">Which one.</param>
    /// <param name="length">Its length.</param>
    public void Arrive(int slot, int length)
    {
        if ((uint)slot >= (uint)_buffers.Slots || length != RsocketMessage.Size)
        {
            Fail(ErrorNumber.Protocol);
            return;
        }

        var message = new RsocketMessage(Volatile.Read(ref _buffers.Messages[slot]));
        Check(_queue.PostReceive(slot));
        if (!_hasHeard)
            Release();
        switch (message.Kind)
        {
            case RsocketMessageKind.Data:
                ArriveData(message.Value);
                break;
            case RsocketMessageKind.Grant:
                Volatile.Write(ref _messageLimit, (ushort)message.Value);
                FindWindow();
                break;
            case RsocketMessageKind.Control:
                ArriveControl((RsocketControl)message.Value);
                break;
            case RsocketMessageKind.Map:
                break;
            default:
                Fail(ErrorNumber.Protocol);
                break;
        }
    }

    /// <summary>The peer is gone, after both ends had said that nothing more comes.</summary>
    public void PeerLeft() => Volatile.Write(ref _peerLeft, true);

    /// <summary>The device failed a request: nothing more is posted.</summary>
    /// <returns>True the first time.</returns>
    public bool Break() => Interlocked.Exchange(ref _isBroken, 1) == 0;

    /// <summary>Ends it with an error, the first of which stays.</summary>
    public void Fail(int error) => Interlocked.CompareExchange(ref _error, error, 0);

    private int Room => (int)(_buffers.SendSize - (_postedBytes - Volatile.Read(ref _sentBytes)));

    private bool IsWindowDue => Volatile.Read(ref _granted) + _half - Volatile.Read(ref _consumed) <= _buffers.ReceiveSize;

    private bool IsGrantDue => IsWindowDue || (short)(Volatile.Read(ref _messagesArrived) - Volatile.Read(ref _grantMark)) >= 0;

    private bool HasRoom(int least) =>
        !IsHeld
        && !IsBroken
        && (_window.Length != 0 || Volatile.Read(ref _windowsFound) != _windowsUsed)
        && Room >= least
        && _postedRequests - Volatile.Read(ref _completedRequests) < _dataRequests
        && (ushort)(Volatile.Read(ref _messageLimit) - _messagesSent) > _reserve;

    private void TakeWindow()
    {
        _window = _windows[_windowsUsed % RsocketBuffers.Windows];
        Volatile.Write(ref _windowsUsed, _windowsUsed + 1);
    }

    private void PostData(int length)
    {
        var target = _window with { Length = (uint)length };
        _window = _window with { Address = _window.Address + (uint)length, Length = _window.Length - (uint)length };
        _messagesSent++;
        var offset = _sendOffset;
        _sendOffset = (_sendOffset + length) % _buffers.SendSize;
        Volatile.Write(ref _postedBytes, _postedBytes + length);
        Volatile.Write(ref _postedRequests, _postedRequests + 1);
        Check(_queue.PostData(offset, target, RsocketMessage.Data(length), RequestTag.Data(length)));
    }

    private void PostEnd(RsocketControl what)
    {
        Interlocked.Exchange(ref _heldEnd, (int)what + 1); // A full fence: it is posted here, or by who releases.
        if (!IsHeld)
            PostHeldEnd();
    }

    private void PostHeldEnd()
    {
        var held = Volatile.Read(ref _heldEnd);
        if (held == 0)
            return;
        Interlocked.Increment(ref _postedControl); // First: at no time may it look as if nothing were to be sent.
        if (Interlocked.CompareExchange(ref _heldEnd, 0, held) == held)
            Check(_queue.PostMessage(RsocketMessage.Control((RsocketControl)(held - 1)), RequestTag.Control(1)));
        else
            Interlocked.Decrement(ref _postedControl); // The other one has posted it.
    }

    /// <summary>The peer has sent its first: now the end that accepted may too.</summary>
    private void Release()
    {
        Volatile.Write(ref _hasHeard, true);
        Interlocked.MemoryBarrier();
        PostHeldEnd();
        Grant();
    }

    private void ArriveData(uint length)
    {
        if (_peerEnded || _arrived + length > Volatile.Read(ref _granted))
        {
            Fail(ErrorNumber.Protocol); // More than there was a window for.
            return;
        }

        Volatile.Write(ref _messagesArrived, (ushort)(_messagesArrived + 1));
        Volatile.Write(ref _arrived, _arrived + length);
        if (IsGrantDue)
            Grant();
    }

    private void ArriveControl(RsocketControl what)
    {
        if (what is not (RsocketControl.Disconnect or RsocketControl.Shutdown))
            return;
        Volatile.Write(ref _peerLeft, _peerLeft || what == RsocketControl.Disconnect);
        Volatile.Write(ref _peerEnded, true);
    }

    /// <summary>
    /// Looks for a window behind a grant. The message says that what was written before it is there; but the window of the next one may be half written. Windows are the halves of one ring in
    /// turn, so a whole one is known by its value; another is taken when it stands there at the next grant still.
    /// </summary>
    private void FindWindow()
    {
        ref var place = ref _buffers.Table[_windowsFound % RsocketBuffers.Windows];
        var found = place;
        var expected = _firstWindow with { Address = _firstWindow.Address + ((_windowsFound % 2) * _firstWindow.Length) };
        if (found.Length == 0 || (found != expected && found != _oddWindow))
        {
            _oddWindow = found;
            return;
        }

        if (_windowsFound - Volatile.Read(ref _windowsUsed) == RsocketBuffers.Windows)
        {
            Fail(ErrorNumber.Protocol);
            return;
        }

        _oddWindow = default;
        place = default;
        _windows[_windowsFound % RsocketBuffers.Windows] = found;
        Volatile.Write(ref _windowsFound, _windowsFound + 1);
    }

    /// <summary>Tells the peer what it may send, when it should know. Of several threads one does it for all.</summary>
    private void Grant()
    {
        var calls = 1;
        if (Interlocked.Add(ref _grantCalls, calls) != calls)
            return; // Whoever is inside looks again.
        do
        {
            while (!IsHeld && IsGrantDue && Volatile.Read(ref _postedControl) - Volatile.Read(ref _completedControl) <= GrantRequests - 2 && !IsBroken && Error == 0 && !HasPeerEnded)
                PostGrant();
            calls = Interlocked.Add(ref _grantCalls, -calls);
        }
        while (calls != 0);
    }

    private void PostGrant()
    {
        var arrived = Volatile.Read(ref _messagesArrived);
        Volatile.Write(ref _grantMark, (ushort)(arrived + (_credits / 2)));
        var message = RsocketMessage.Grant((ushort)(arrived + _credits));
        if (!IsWindowDue)
        {
            Interlocked.Increment(ref _postedControl);
            Check(_queue.PostMessage(message, RequestTag.Control(1)));
            return;
        }

        var window = new RemoteMemory((ulong)(_buffers.ReceiveRing + (_granted % _buffers.ReceiveSize)), _key, (uint)_half);
        Volatile.Write(ref _granted, _granted + _half); // Before the peer can know.
        Interlocked.Add(ref _postedControl, 2);
        Check(_queue.PostWindow(_isSwapped ? window.Swapped() : window, _peerTable.Address + (_peerPlace * RemoteMemory.Size), _peerTable.Key, message, RequestTag.Control(2)));
        _peerPlace = (_peerPlace + 1) % _peerTable.Length;
    }

    private void Check(int error)
    {
        if (error != 0)
            Break();
    }
}
