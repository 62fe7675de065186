using Toe.Emulated.Tcp;

namespace Toe.Throughput.Engine;

/// <summary>What one engine sends and another one, on the same thread, takes: packets in slots that are used again.</summary>
internal sealed class Wire : ITcpEngineHost
{
    private const int SlotSize = 2048;
    private const int Slots = 4096;

    private readonly byte[] _bytes = new byte[SlotSize * Slots];
    private readonly int[] _lengths = new int[Slots];
    private uint _head;
    private uint _tail;

    public void Send(in OutgoingPacket packet)
    {
        if (_tail - _head == Slots)
            throw new InvalidOperationException("The wire is full.");
        var slot = (int)(_tail++ % Slots);
        packet.CopyTo(_bytes.AsSpan(slot * SlotSize, SlotSize));
        _lengths[slot] = packet.Length;
    }

    public void Wake()
    {
        // Who drives the engines comes by anyway.
    }

    /// <summary>Hands everything that is under way to the other engine.</summary>
    /// <returns>False when there was nothing.</returns>
    public bool Deliver(TcpEngine other, TimeSpan now)
    {
        var any = _head != _tail;
        for (; _head != _tail; _head++)
        {
            var slot = (int)(_head % Slots);
            other.Receive(_bytes.AsSpan(slot * SlotSize, _lengths[slot]), now);
        }

        return any;
    }
}
