namespace Toe.Emulated.Tcp.Recovery;

/// <summary>Scoreboards for connections that have something in flight. The engine's own: one thread.</summary>
internal sealed class ScoreboardPool
{
    private const int MaximumKept = 64;

    private readonly Stack<Scoreboard> _free = new();

    /// <summary>What all connections share that have nothing in flight.</summary>
    public Scoreboard Empty { get; } = new();

    /// <summary>An empty scoreboard.</summary>
    /// <param name="sequence">SND.UNA.</param>
    public Scoreboard Rent(uint sequence)
    {
        var scoreboard = _free.TryPop(out var free) ? free : new Scoreboard();
        scoreboard.Begin(sequence);
        return scoreboard;
    }

    /// <summary>Takes a scoreboard back, whatever is on it.</summary>
    public void Return(Scoreboard scoreboard)
    {
        if (scoreboard != Empty && _free.Count < MaximumKept) _free.Push(scoreboard);
    }
}
