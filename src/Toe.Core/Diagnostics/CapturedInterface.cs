using Toe.Adapters;

namespace Toe.Diagnostics;

/// <summary>One adapter's part of a capture: puts its packets into the ring, and counts those that find no room.</summary>
internal sealed class CapturedInterface(SupervisedAdapter adapter, BlockRing ring, int number, int maximumPacket, TimeProvider time) : ICaptureReceiver
{
    private readonly long _start = time.GetTimestamp();
    private readonly long _startNanoseconds = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
    private long _received;
    private long _lost;
    private IAsyncDisposable? _capture;

    public int MaximumPacket => maximumPacket;

    /// <summary>Packets that the adapter gave.</summary>
    public long PacketsReceived => Interlocked.Read(ref _received);

    /// <summary>Packets that are not in the capture.</summary>
    public long PacketsLost => Interlocked.Read(ref _lost);

    private ICapturesPackets Capturing => (ICapturesPackets)adapter.Adapter;

    private long Now => _startNanoseconds + (time.GetElapsedTime(_start).Ticks * TimeSpan.NanosecondsPerTick);

    /// <summary>Has the adapter begin.</summary>
    /// <returns><see cref="ToeReason.None"/>, or why it does not.</returns>
    public async Task<ToeReason> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            var result = await adapter.CallAsync(token => Capturing.StartCaptureAsync(this, token), late => _ = End(late.Capture), cancellationToken).ConfigureAwait(false);
            _capture = result.Capture;
            if (result is { Capture: null, Refusal.IsNone: true })
                return ToeReasons.InternalContractViolation.With("StartCaptureAsync answered neither a capture nor a refusal");
            return result.Refusal;
        }
        catch (AdapterFaultException fault)
        {
            return fault.Reason;
        }
    }

    /// <summary>Has it end.</summary>
    public Task StopAsync() => End(_capture);

    public byte[] Describe() => PcapngBlocks.Interface(Capturing.CaptureLinkType, adapter.Identity.Id, maximumPacket);

    public byte[] Count() => PcapngBlocks.Statistics(number, Now, PacketsReceived, PacketsLost);

    public void Captured(bool isOutbound, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        Interlocked.Increment(ref _received);
        var kept = Math.Min(first.Length + second.Length + third.Length, maximumPacket);
        if (!ring.TryReserve(PcapngBlocks.SizeOf(kept), out var block))
        {
            Interlocked.Increment(ref _lost);
            return;
        }

        PcapngBlocks.WritePacket(block, number, Now, isOutbound, kept, first, second, third);
        BlockRing.Publish(block, PcapngBlocks.EnhancedPacket);
    }

    public void Lost(long count)
    {
        Interlocked.Add(ref _received, count);
        Interlocked.Add(ref _lost, count);
    }

    private Task End(IAsyncDisposable? capture) => capture is null ? Task.CompletedTask : adapter.CloseInBackground(capture.DisposeAsync);
}
