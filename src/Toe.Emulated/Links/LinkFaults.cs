namespace Toe.Emulated.Links;

/// <summary>What a <see cref="FaultInjector"/> does to packets. Rates are shares of the packets, 0 (never) to 1 (always).</summary>
public sealed record LinkFaults
{
    /// <summary>No faults: every packet is delivered at once, whole and in order.</summary>
    public static LinkFaults None { get; } = new();

    /// <summary>The seed of the random sequence; the same seed gives the same faults to the same packets. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>The share of packets that are lost. Default 0.</summary>
    public double Loss { get; init; }

    /// <summary>The share of packets that are delivered twice. Default 0.</summary>
    public double Duplication { get; init; }

    /// <summary>The share of packets in which one bit, anywhere in the packet, is flipped. Default 0.</summary>
    public double Corruption { get; init; }

    /// <summary>The share of packets that are held back by <see cref="ReorderingDelay"/> while later ones pass. Default 0.</summary>
    public double Reordering { get; init; }

    /// <summary>How long a reordered packet is held back, on top of its delay. Default 1 ms.</summary>
    public TimeSpan ReorderingDelay { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The time a packet is under way. Default zero.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>
    /// The most by which the delay of one packet differs from <see cref="Delay"/>, evenly spread. It does not reorder. Default zero.
    /// </summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>The line rate in bits per second of IP packets; 0 is unlimited. Default 0.</summary>
    public long BitsPerSecond { get; init; }

    /// <summary>The most bytes that wait for a line with a rate; what finds no room is dropped. At least 65536. Default 1 MiB.</summary>
    public int QueueBytes { get; init; } = 1024 * 1024;

    internal LinkFaults Validated()
    {
        CheckShare(Loss, nameof(Loss));
        CheckShare(Duplication, nameof(Duplication));
        CheckShare(Corruption, nameof(Corruption));
        CheckShare(Reordering, nameof(Reordering));
        CheckTime(ReorderingDelay, nameof(ReorderingDelay));
        CheckTime(Delay, nameof(Delay));
        CheckTime(Jitter, nameof(Jitter));
        if (BitsPerSecond < 0)
            throw Refuse(nameof(BitsPerSecond), BitsPerSecond, "BitsPerSecond must be 0 (unlimited) or more.");
        if (QueueBytes < 65536)
            throw Refuse(nameof(QueueBytes), QueueBytes, "QueueBytes must be 65536 or more, to hold the largest packet.");
        return this;
    }

    private static void CheckShare(double value, string name)
    {
        // The negated form refuses NaN too.
        if (!(value is >= 0 and <= 1))
            throw Refuse(name, value, name + " must lie between 0 and 1: it is a share of the packets.");
    }

    private static void CheckTime(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero || value > TimeSpan.FromHours(1))
            throw Refuse(name, value, name + " must lie between zero and one hour.");
    }

    private static ArgumentOutOfRangeException Refuse(string field, object value, string text) => new(field, value, text);
}
