namespace Toe.Emulated.Tcp.Recovery;

/// <summary>All that matters only while something is in flight: what was sent, when it is taken for lost, and how fast it is repaired.</summary>
internal sealed class InFlight
{
    public readonly Scoreboard Scoreboard = new();
    public Rack Rack;
    public ProportionalRateReduction RateReduction;

    /// <summary>What duplicate ACKs of a peer without SACK say has left the network.</summary>
    public long DuplicateBytes;

    /// <summary>When the next segment is taken for lost (RFC 8985 §6.3).</summary>
    public long ReorderingAt;

    /// <summary>When the tail is probed (RFC 8985 §7.2).</summary>
    public long ProbeAt;

    /// <summary>Bytes outstanding when all had been sent that may be: what the congestion window was used for, however many ACKs come in one turn.</summary>
    public long AfterOutput;

    public InFlight() => Begin(0);

    /// <summary>Nothing is in flight.</summary>
    /// <param name="sequence">SND.UNA.</param>
    public void Begin(uint sequence)
    {
        Scoreboard.Begin(sequence);
        Rack = new Rack();
        RateReduction = default;
        DuplicateBytes = AfterOutput = 0;
        ReorderingAt = ProbeAt = TimerNode.Never;
    }
}
