using Toe.Emulated.Tcp;

namespace Toe.Emulated.Links;

/// <summary>Any link, made bad in both directions. It owns the link it wraps.</summary>
/// <remarks>
/// It offloads nothing, whatever the link can do: faults are to hit single packets, and corruption is to be found by the checksum.
/// Delays run on the time provider given. A wait sleeps in real time on the wrapped link, so whoever moves a fake clock must also call
/// <see cref="Wake"/>.
/// </remarks>
public sealed class FaultInjectingLink : ILink
{
    private readonly ILink _inner;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly FaultInjector _outgoing;
    private readonly FaultInjector _incoming;
    private readonly byte[] _scratch;
    private LinkFaults? _newOutgoing;
    private LinkFaults? _newIncoming;

    /// <summary>Wraps a link.</summary>
    /// <param name="inner">The link; disposed with this one.</param>
    /// <param name="outgoing">The faults of sent packets.</param>
    /// <param name="incoming">The faults of received packets; null for none.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">The link cuts and joins packets: open it without.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the parameter name is the field's.</exception>
    public FaultInjectingLink(ILink inner, LinkFaults outgoing, LinkFaults? incoming = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        if (inner.Offloads.MaximumPacket > inner.Mtu)
            throw new ArgumentException("The link gives several segments as one packet: open it without offloads.", nameof(inner));
        _inner = inner;
        _time = timeProvider ?? TimeProvider.System;
        _start = _time.GetTimestamp();
        _outgoing = new FaultInjector(outgoing);
        _incoming = new FaultInjector(incoming ?? LinkFaults.None);
        _scratch = GC.AllocateUninitializedArray<byte>(inner.Mtu);
    }

    /// <inheritdoc/>
    public event Action<bool>? StateChanged
    {
        add => _inner.StateChanged += value;
        remove => _inner.StateChanged -= value;
    }

    /// <inheritdoc/>
    public int Mtu => _inner.Mtu;

    /// <summary>None.</summary>
    public LinkOffloads Offloads => LinkOffloads.None(Mtu);

    /// <inheritdoc/>
    public bool IsUp => _inner.IsUp;

    /// <summary>The wrapped link's counters: what is lost on purpose is not in them.</summary>
    public LinkStatistics Statistics => _inner.Statistics;

    /// <summary>What was done to sent packets. To be read on the owner thread, or when it is at rest.</summary>
    public FaultStatistics OutgoingFaults => _outgoing.Statistics;

    /// <summary>What was done to received packets. To be read on the owner thread, or when it is at rest.</summary>
    public FaultStatistics IncomingFaults => _incoming.Statistics;

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Changes the faults, from any thread; packets under way keep theirs.</summary>
    /// <param name="outgoing">The faults of packets sent from now on.</param>
    /// <param name="incoming">The faults of packets received from now on; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the parameter name is the field's.</exception>
    public void SetFaults(LinkFaults outgoing, LinkFaults? incoming = null)
    {
        ArgumentNullException.ThrowIfNull(outgoing);
        // The injectors belong to the owner thread: it takes the new values with its next packet.
        Volatile.Write(ref _newOutgoing, outgoing.Validated());
        Volatile.Write(ref _newIncoming, (incoming ?? LinkFaults.None).Validated());
        Wake();
    }

    /// <inheritdoc/>
    public void Send(in OutgoingPacket packet)
    {
        var now = Now;
        TakeNewFaults();
        _outgoing.Send(packet, now);
        Flush(now);
    }

    /// <inheritdoc/>
    public bool TryReceive(Span<byte> buffer, out ReceivedPacket packet)
    {
        packet = default;
        if (buffer.Length < Mtu)
            throw new ArgumentException("The buffer is shorter than the MTU.", nameof(buffer));
        var now = Now;
        TakeNewFaults();
        Flush(now);
        int bytes;
        while (!_incoming.TryTake(now, buffer, out bytes))
        {
            if (!_inner.TryReceive(_scratch, out var arrived))
                return false;
            var whole = _scratch.AsSpan(0, arrived.Length);
            arrived.Bytes.CopyTo(whole); // To be changed, where it may lie in the link's own memory.
            if (arrived.ChecksumIsVerified)
                SegmentChecksum.Fill(whole);
            _incoming.Send(whole, now);
        }

        packet = new ReceivedPacket(buffer[..bytes], checksumIsVerified: false);
        return true;
    }

    /// <inheritdoc/>
    public void Wait(TimeSpan timeout)
    {
        var now = Now;
        Flush(now);
        _inner.Wait(Sooner(Sooner(timeout, _outgoing.NextDelivery - now), _incoming.NextDelivery - now));
        Flush(Now);
    }

    /// <inheritdoc/>
    public void Wake() => _inner.Wake();

    /// <summary>Drops what is under way and disposes the wrapped link.</summary>
    public void Dispose()
    {
        _outgoing.Dispose();
        _incoming.Dispose();
        _inner.Dispose();
    }

    private static TimeSpan Sooner(TimeSpan timeout, TimeSpan? due)
    {
        if (due is not { } until)
            return timeout;
        if (until < TimeSpan.Zero)
            return TimeSpan.Zero;
        return timeout == Timeout.InfiniteTimeSpan || until < timeout ? until : timeout;
    }

    private void TakeNewFaults()
    {
        if (Volatile.Read(ref _newOutgoing) is null && Volatile.Read(ref _newIncoming) is null)
            return;
        if (Interlocked.Exchange(ref _newOutgoing, null) is { } outgoing)
            _outgoing.Faults = outgoing;
        if (Interlocked.Exchange(ref _newIncoming, null) is { } incoming)
            _incoming.Faults = incoming;
    }

    private void Flush(TimeSpan now)
    {
        while (_outgoing.TryTake(now, _scratch, out var bytes))
            _inner.Send(new OutgoingPacket(_scratch.AsSpan(0, bytes)));
    }
}
