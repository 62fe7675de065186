namespace Toe.Conformance;

/// <summary>A capture with a defect.</summary>
internal sealed class BrokenCapture(ICaptureReceiver packets, Defect defect) : ICaptureReceiver
{
    public int MaximumPacket => packets.MaximumPacket;

    public void Captured(bool isOutbound, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        if (defect == Defect.CapturesOneWay && !isOutbound)
            return;
        packets.Captured(defect == Defect.CapturesMirrored ? !isOutbound : isOutbound, first, second, third);
    }

    public void Lost(long count) => packets.Lost(count);
}
