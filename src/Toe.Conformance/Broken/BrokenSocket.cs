using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>A socket with a defect.</summary>
internal partial class BrokenSocket(IToeAdapterSocket inner, BrokenSocketEvents events, BrokenAdapter adapter, Defect defect) : IToeAdapterSocket
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10);

    private readonly List<FileStream> _leaked = [];
    private CancellationTokenRegistration _late;
    private bool _isConnected;
    private bool _isArmed;
    private bool _hasCompleted;
    private bool _hasSent;
    private int _disposals;
    private int _looks;
    private Task<ConnectResult>? _connecting;
    private bool _isOver;
    private bool _endTold;
    private int _aborts;
    private long _received;

    /// <summary>A second connection that nobody asked for.</summary>
    public IToeAdapterSocket? Twin { get; set; }

    /// <summary>Another connection, whose bytes come here.</summary>
    public BrokenSocket? Neighbour { get; set; }

    public bool IsAccepted { get; set; }

    public IPEndPoint LocalEndPoint => defect switch
    {
        Defect.WrongLocalEndPoint => new IPEndPoint(inner.LocalEndPoint.Address, 1),
        Defect.ChangingLocalEndPoint => new IPEndPoint(inner.LocalEndPoint.Address, 1 + _looks++),
        _ => inner.LocalEndPoint,
    };

    public IPEndPoint RemoteEndPoint => defect == Defect.WrongRemote ? new IPEndPoint(inner.RemoteEndPoint.Address, 1) : inner.RemoteEndPoint;

    public async ValueTask<ConnectResult> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connecting is { } already)
            return await already;
        if (defect == Defect.NeverConnects)
            await new TaskCompletionSource().Task;
        if (defect == Defect.ThrowsInConnect)
            throw new InvalidOperationException("It does not want to.");
        if (defect == Defect.ConnectsWhenFailed && adapter.HasFailed)
            return ConnectResult.Connected;
        if (defect == Defect.ConnectsOneAtATime)
            return await adapter.OneAtATimeAsync(async () => await inner.ConnectAsync(cancellationToken), static () => ConnectResult.RefusedBecause(ToeReasons.ResourceOther));
        if (defect is Defect.DeafConnect or Defect.ConnectOutlivesDisposal)
        {
            var result = await inner.ConnectAsync(CancellationToken.None);
            if (_isOver || cancellationToken.IsCancellationRequested)
                await new TaskCompletionSource().Task;
            return result;
        }

        if (defect == Defect.ConnectsAtOpen)
            return await (_connecting = inner.ConnectAsync(cancellationToken).AsTask());
        if (Twin is { } twin)
            await twin.ConnectAsync(cancellationToken);
        if (defect == Defect.SulksAfterCancellation)
            cancellationToken.Register(adapter.Sulk);
        var connected = await inner.ConnectAsync(cancellationToken);
        _isConnected = true;
        if (defect == Defect.LateCancellationAborts)
            _late = cancellationToken.Register(inner.Abort);
        if (defect == Defect.LeaksThreads)
            new Thread(static () => new TaskCompletionSource().Task.Wait()) { IsBackground = true }.Start();
        if (defect == Defect.LeaksMemory)
            adapter.Keep(new byte[100_000]);
        if (defect == Defect.LeaksHandles)
            _leaked.Add(new FileStream("/dev/null", FileMode.Open, FileAccess.Read));
        if (defect == Defect.ClosesAtConnect)
            events.OnClosed(SocketError.ConnectionReset, ToeReason.None);
        if (defect == Defect.AnnouncesUnarmed)
            events.OnReady(Readiness.Receive);
        return connected;
    }

    public IoStatus TryReceive(Span<byte> buffer, out int bytes)
    {
        ObjectDisposedException.ThrowIf(defect == Defect.ThrowsAfterEnd && _isOver, this);
        if (defect == Defect.HangsInReceive)
            new TaskCompletionSource().Task.Wait();
        if (defect == Defect.TakesIntoNoRoom && buffer.IsEmpty)
            return inner.TryReceive(stackalloc byte[1], out bytes);
        if (IsDeafNow)
        {
            bytes = 0;
            return IoStatus.WouldBlock;
        }

        if (defect == Defect.ThrowsWhenFailed && adapter.HasFailed)
            throw new InvalidOperationException("The card is gone.");
        if (defect == Defect.WritesWhenBlocked)
            buffer.Clear();
        var status = inner.TryReceive(buffer, out bytes);
        if (status == IoStatus.Failed && defect == Defect.RevivesLost && !buffer.IsEmpty)
            (status, bytes) = (IoStatus.Done, 1);
        if (status == IoStatus.Done && bytes > 0)
            BreakBytes(buffer, ref status, ref bytes);
        if (status == IoStatus.EndOfStream)
            BreakEnd(ref status);
        if (status == IoStatus.WouldBlock && defect == Defect.BytesWithWouldBlock)
            bytes = Math.Min(1, buffer.Length);
        if (status == IoStatus.Reset && defect == Defect.ResetLooksLikeEnd)
            status = IoStatus.EndOfStream;
        return status;
    }

    public IoStatus TrySend(ReadOnlySpan<byte> buffer, out int bytes)
    {
        ObjectDisposedException.ThrowIf(defect == Defect.ThrowsAfterEnd && _isOver, this);
        if (defect == Defect.EndStopsSending && _endTold)
        {
            bytes = 0;
            return IoStatus.Failed;
        }

        if (defect == Defect.DropsFirstSend && !_hasSent && _looks++ == 0)
        {
            (_hasSent, bytes) = (true, buffer.Length);
            return IoStatus.Done;
        }

        if (defect == Defect.NothingEndsStream && buffer.IsEmpty)
            inner.TryCompleteSending();
        if (defect == Defect.OneStuckStopsAll && adapter.IsStuck)
        {
            bytes = 0;
            return IoStatus.WouldBlock;
        }

        var status = inner.TrySend(defect == Defect.FlipsASentBit && !buffer.IsEmpty ? [.. buffer[..^1], (byte)(buffer[^1] ^ 1)] : buffer, out bytes);
        adapter.IsStuck |= status == IoStatus.WouldBlock;
        if (status == IoStatus.WouldBlock && defect == Defect.EndlessBuffer)
        {
            bytes = buffer.Length;
            return IoStatus.Done;
        }

        if (status == IoStatus.WouldBlock && defect == Defect.TakesWhileBlocked)
            bytes = Math.Min(1, buffer.Length);
        return status;
    }

    public IoStatus TryCompleteSending()
    {
        if (defect == Defect.CompletesBothWays)
            _isOver = true;
        if (defect == Defect.CompletesOnce && _hasCompleted)
            return IoStatus.Failed;
        _hasCompleted = true;
        if (defect == Defect.CompletingDropsBytes)
        {
            inner.Abort();
            return IoStatus.Done;
        }

        return inner.TryCompleteSending();
    }

    public void Arm(Readiness interest)
    {
        _isArmed = true;
        if (defect == Defect.AnnouncesTooEarly)
            events.OnReady(interest);
        if (defect == Defect.CountsArms && interest.HasFlag(Readiness.Receive))
            _ = Task.Delay(Soon, TimeProvider.System).ContinueWith(_ => events.OnReady(Readiness.Receive), TaskScheduler.Default);
        if (defect == Defect.AnnouncesUnarmed && interest == Readiness.None)
            events.OnReady(Readiness.Receive);
        inner.Arm(interest);
    }

    public void Abort()
    {
        _isOver = true;
        if (defect == Defect.AbortThrowsInCallback && events.IsRaising)
            throw new InvalidOperationException("Not from here.");
        if (defect == Defect.AbortsOnce && Interlocked.Increment(ref _aborts) > 1)
            throw new InvalidOperationException("It was aborted already.");
        if (defect == Defect.AbortsWithFin)
            inner.TryCompleteSending();
        else
            inner.Abort();
        if (defect == Defect.EventAfterAbort)
            _ = Task.Delay(Soon, TimeProvider.System).ContinueWith(_ => events.OnReady(Readiness.Receive), TaskScheduler.Default);
    }

    public AdapterSocketInfo GetInfo()
    {
        ObjectDisposedException.ThrowIf(defect == Defect.InfoThrowsAfterEnd && _isOver, this);
        if (defect == Defect.InfoThrowsBeforeConnect && !_isConnected && !IsAccepted)
            throw new InvalidOperationException("It is not connected.");
        var info = inner.GetInfo();
        return defect switch
        {
            Defect.StuckState => info with { State = TcpState.Established },
            Defect.WrongState => info with { State = TcpState.Listen },
            Defect.NegativeCounters => info with { Retransmits = -1 },
            Defect.NoRoundTripTime => info with { RoundTripTime = TimeSpan.Zero },
            Defect.AcknowledgesTooMuch => info with { BytesAcknowledged = info.BytesAcknowledged + 1 },
            Defect.UnknownConfidence => info with { Confidence = OffloadConfidence.Unknown },
            _ => info,
        };
    }

    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        ObjectDisposedException.ThrowIf(defect == Defect.SocketDisposesOnce && ++_disposals > 1, this);
        ObjectDisposedException.ThrowIf(defect == Defect.SocketThrowsAfterAdapter && adapter.IsDisposed, this);
        if (defect == Defect.HangsWhenArmed && _isArmed)
            await new TaskCompletionSource().Task;
        if (defect == Defect.DisposesWithReset)
            inner.Abort();
        if (defect == Defect.GivesOldBytes)
            LeaveAByte();
        await _late.DisposeAsync();
        if (Twin is { } twin)
            await twin.DisposeAsync();
        await inner.DisposeAsync();
        if (defect == Defect.EventAfterDisposal)
            _ = Task.Delay(Soon, TimeProvider.System).ContinueWith(_ => events.OnReady(Readiness.Receive), TaskScheduler.Default);
    }
}
