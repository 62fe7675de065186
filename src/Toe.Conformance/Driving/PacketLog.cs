namespace Toe.Conformance;

/// <summary>Writes down the packets of a capture.</summary>
internal sealed class PacketLog : ICaptureReceiver
{
    private readonly Lock _lock = new();
    private readonly List<(bool IsOutbound, byte[] Bytes)> _packets = [];

    public int MaximumPacket => 65_535;

    public IReadOnlyList<(bool IsOutbound, byte[] Bytes)> Packets
    {
        get
        {
            lock (_lock)
                return [.. _packets];
        }
    }

    public void Captured(bool isOutbound, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        lock (_lock)
            _packets.Add((isOutbound, [.. first, .. second, .. third]));
    }

    public void Lost(long count)
    {
        // Lost is lost: the requirement sees what is missing.
    }

    /// <summary>True when a packet in a direction holds the text.</summary>
    public bool Holds(string text, bool isOutbound) => Packets.Any(packet => packet.IsOutbound == isOutbound && packet.Bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(text)) >= 0);
}
