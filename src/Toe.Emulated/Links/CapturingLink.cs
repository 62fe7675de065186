using Toe.Emulated.Tcp;

namespace Toe.Emulated.Links;

/// <summary>
/// Any link, with a copy of every packet written to a stream in pcapng, as Wireshark and tcpdump read it. It owns the link it wraps and
/// the stream.
/// </summary>
/// <remarks>
/// <para>Packets are seen as the owner of the link sends and receives them: with offloads several segments are one packet and sent checksums
/// are not made yet, as in a capture on any host.</para>
/// <para>The owner thread copies packets into a buffer and writes that when it is full and before it waits. What goes wrong ends the
/// capture and never the link.</para>
/// </remarks>
public sealed class CapturingLink : ILink
{
    /// <summary>The limit unless another is given: 1 GiB.</summary>
    public const long DefaultMaximumBytes = 1L << 30;

    private readonly ILink _inner;
    private readonly Stream _stream;
    private readonly PcapngWriter _writer;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly long _startNanoseconds;
    private readonly long _maximumBytes;
    private volatile CaptureState _state;

    /// <summary>Wraps a link.</summary>
    /// <param name="inner">The link; disposed with this one.</param>
    /// <param name="stream">Takes the capture; disposed with this link, or when the capture ends.</param>
    /// <param name="maximumBytes">The most bytes written; the capture ends before a packet that would go over it.</param>
    /// <param name="timeProvider">The clock of the time stamps; null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumBytes"/> has no room for the file's header.</exception>
    public CapturingLink(ILink inner, Stream stream, long maximumBytes = DefaultMaximumBytes, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumBytes, PcapngWriter.HeaderSize);
        _inner = inner;
        _stream = stream;
        _maximumBytes = maximumBytes;
        _time = timeProvider ?? TimeProvider.System;
        _start = _time.GetTimestamp();
        _startNanoseconds = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        _writer = new PcapngWriter(stream, inner.Offloads.MaximumPacket);
    }

    /// <summary>The capture has ended before the link: it is full, or writing failed. On the owner thread; must not throw.</summary>
    public event Action<CaptureState, Exception?>? Ended;

    /// <inheritdoc/>
    public event Action<bool>? StateChanged
    {
        add => _inner.StateChanged += value;
        remove => _inner.StateChanged -= value;
    }

    /// <inheritdoc/>
    public int Mtu => _inner.Mtu;

    /// <inheritdoc/>
    public LinkOffloads Offloads => _inner.Offloads;

    /// <inheritdoc/>
    public bool IsUp => _inner.IsUp;

    /// <inheritdoc/>
    public LinkStatistics Statistics => _inner.Statistics;

    /// <summary>How the capture fares.</summary>
    public CaptureState State => _state;

    /// <summary>What the stream threw, or null. To be read after <see cref="Ended"/>, or when the owner thread is at rest.</summary>
    public Exception? Failure { get; private set; }

    /// <inheritdoc/>
    public void Send(in OutgoingPacket packet)
    {
        Capture(packet, outbound: true);
        _inner.Send(packet);
    }

    /// <inheritdoc/>
    public bool TryReceive(Span<byte> buffer, out ReceivedPacket packet)
    {
        if (!_inner.TryReceive(buffer, out packet))
            return false;
        Capture(new OutgoingPacket(packet.Bytes), outbound: false);
        return true;
    }

    /// <inheritdoc/>
    public void Wait(TimeSpan timeout)
    {
        if (timeout != TimeSpan.Zero)
            Flush();
        _inner.Wait(timeout);
    }

    /// <inheritdoc/>
    public void Wake() => _inner.Wake();

    /// <summary>Writes what is left, and disposes the stream and the wrapped link.</summary>
    public void Dispose()
    {
        Flush();
        Close();
        _inner.Dispose();
    }

    private void Capture(in OutgoingPacket packet, bool outbound)
    {
        if (_state != CaptureState.Running)
            return;
        if (_writer.Length + PcapngWriter.SizeOf(packet.Length) > _maximumBytes)
        {
            Flush();
            End(CaptureState.Full, failure: null);
            return;
        }

        try
        {
            _writer.Write(packet, _startNanoseconds + _time.GetElapsedTime(_start).Ticks * TimeSpan.NanosecondsPerTick, outbound);
        }
        catch (Exception exception)
        {
            End(CaptureState.Failed, exception);
        }
    }

    private void Flush()
    {
        if (_state != CaptureState.Running)
            return;
        try
        {
            _writer.Flush();
        }
        catch (Exception exception)
        {
            End(CaptureState.Failed, exception);
        }
    }

    private void End(CaptureState state, Exception? failure)
    {
        if (_state != CaptureState.Running)
            return;
        _state = state;
        Failure = failure;
        Close();
        Ended?.Invoke(state, failure);
    }

    private void Close()
    {
        try
        {
            _stream.Dispose();
        }
        catch (Exception exception)
        {
            // A stream that fails to write may fail to close, too; there is nothing left to save.
            Failure ??= exception;
        }
    }
}
