using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>A socket with a defect.</summary>
internal class BrokenSocket(IToeAdapterSocket inner, BrokenSocketEvents events, Defect defect) : IToeAdapterSocket
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10);

    private readonly List<FileStream> _leaked = [];
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

    public IPEndPoint LocalEndPoint => defect == Defect.WrongLocalEndPoint ? new IPEndPoint(inner.LocalEndPoint.Address, 1) : inner.LocalEndPoint;

    public IPEndPoint RemoteEndPoint => defect == Defect.WrongRemote ? new IPEndPoint(inner.RemoteEndPoint.Address, 1) : inner.RemoteEndPoint;

    public async ValueTask<ConnectResult> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connecting is { } already)
            return await already;
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
        var connected = await inner.ConnectAsync(cancellationToken);
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
        var status = inner.TryReceive(buffer, out bytes);
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

        var status = inner.TrySend(buffer, out bytes);
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
        if (defect == Defect.CompletingDropsBytes)
        {
            inner.Abort();
            return IoStatus.Done;
        }

        return inner.TryCompleteSending();
    }

    public void Arm(Readiness interest)
    {
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
        var info = inner.GetInfo();
        return defect switch
        {
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
        if (Twin is { } twin)
            await twin.DisposeAsync();
        await inner.DisposeAsync();
        if (defect == Defect.EventAfterDisposal)
            _ = Task.Delay(Soon, TimeProvider.System).ContinueWith(_ => events.OnReady(Readiness.Receive), TaskScheduler.Default);
    }

    private void BreakBytes(Span<byte> buffer, ref IoStatus status, ref int bytes)
    {
        _received += bytes;
        switch (defect)
        {
            case Defect.DropsLastByte:
                if (--bytes == 0)
                    status = IoStatus.WouldBlock;
                break;
            case Defect.FlipsABit when bytes > 0:
                buffer[bytes - 1] ^= 1;
                break;
            case Defect.WritesBeyond when bytes < buffer.Length:
                buffer[bytes] = 0;
                break;
            case Defect.DropsEarlyBytes when IsAccepted && _received == bytes:
            case Defect.CompletesBothWays when _isOver:
                (status, bytes) = (IoStatus.WouldBlock, 0);
                break;
            case Defect.EndsEarly when _received > 1:
                (status, bytes) = (IoStatus.EndOfStream, 0);
                break;
            case Defect.MixesConnections when Neighbour is not null:
                buffer[0]--;
                break;
            default:
                break;
        }
    }

    private void BreakEnd(ref IoStatus status)
    {
        if (defect == Defect.EndsOnce && _endTold)
            status = IoStatus.WouldBlock;
        _endTold = true;
    }
}
