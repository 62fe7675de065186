namespace Toe.Emulated.Tcp;

/// <content>What an idle connection gives back: it keeps no buffer, and no list of what it sent.</content>
internal sealed partial class TcpConnection
{
    private int _holderIndex = -1;

    /// <summary>The place among the engine's connections that hold buffers; -1 for none. The engine's own.</summary>
    public ref int HolderIndex => ref _holderIndex;

    private bool HasBuffers => _socket is { } socket && (socket.SendRing.HasSlabs || socket.ReceiveRing.HasSlabs);

    /// <summary>Gives back what it does not need now.</summary>
    /// <param name="idleSince">Only if nothing came or went since then: between two messages the memory stays.</param>
    /// <returns>True when nothing is left.</returns>
    public bool TryRest(long idleSince)
    {
        if (_socket is not { } socket || !Scoreboard.IsEmpty || Math.Max(_lastSentAt, _lastReceivedAt) > idleSince) return false;
        socket.SendRing.Rest(asProducer: false);
        if (_reassembly is null or { IsEmpty: true })
        {
            _reassembly = null;
            socket.ReceiveRing.Rest(asProducer: true);
        }
        GiveInFlightBack();
        _congestion.Rest();
        return !HasBuffers;
    }

    private void GiveInFlightBack()
    {
        Engine.InFlight.Return(_inFlight);
        _inFlight = Engine.InFlight.None;
    }
}
