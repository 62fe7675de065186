namespace Toe.Emulated.Tcp.Recovery;

/// <summary>What connections need that have something in flight. The engine's own: one thread.</summary>
internal sealed class InFlightPool
{
    private const int MaximumKept = 64;

    private readonly Stack<InFlight> _free = new();

    /// <summary>What all connections share that have nothing in flight. Nobody writes to it but what it says already.</summary>
    public InFlight None { get; } = new();

    /// <summary>One with nothing in it yet.</summary>
    /// <param name="sequence">SND.UNA.</param>
    public InFlight Rent(uint sequence)
    {
        var inFlight = _free.TryPop(out var free) ? free : new InFlight();
        inFlight.Begin(sequence);
        return inFlight;
    }

    /// <summary>Takes one back, whatever is in it.</summary>
    public void Return(InFlight inFlight)
    {
        if (inFlight == None || _free.Count == MaximumKept) return;
        inFlight.Scoreboard.GiveMemoryBack();
        _free.Push(inFlight);
    }
}
