namespace Toe.Emulated.Tcp;

/// <summary>Packets that wait until somebody may take them: those for a connection between two carriers. Bounded: what finds no room is lost, and TCP sends it again.</summary>
internal sealed class KeptPackets
{
    private const int MaximumBytes = 4 * 1024 * 1024;

    /// <summary>What a packet costs beside its bytes, so that empty ones have a limit too.</summary>
    private const int PacketCost = 64;

    private readonly Queue<byte[]> _packets = new();
    private int _bytes;

    public int Count => _packets.Count;

    public void Add(ReadOnlySpan<byte> packet)
    {
        if (_bytes + packet.Length + PacketCost > MaximumBytes) return;
        _bytes += packet.Length + PacketCost;
        _packets.Enqueue(packet.ToArray());
    }

    public bool TryTake(out byte[] packet)
    {
        if (!_packets.TryDequeue(out packet!)) return false;
        _bytes -= packet.Length + PacketCost;
        return true;
    }
}
