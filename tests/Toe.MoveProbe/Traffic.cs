namespace Toe.MoveProbe;

/// <summary>How the two ends of a connection send, which both derive from its seed.</summary>
/// <param name="LargestCall">The most bytes of a call.</param>
/// <param name="PauseOneIn">A pause after one call in so many.</param>
/// <param name="LongestPause">The longest pause, in milliseconds.</param>
/// <param name="Ending">Who ends its stream before the last move.</param>
internal sealed record Traffic(int LargestCall, int PauseOneIn, int LongestPause, TrafficEnding Ending)
{
    private static readonly int[] Sizes = [100, 1_400, 20_000, 100_000];

    /// <summary>As much as goes through, until all moves are done.</summary>
    public static Traffic Full { get; } = new(100_000, 50, 5, TrafficEnding.BothAfterTheMoves);

    /// <summary>One of many kinds.</summary>
    public static Traffic Of(int seed)
    {
        var random = new Random(seed + 5);
        return new(Sizes[random.Next(Sizes.Length)], random.Next(2, 100), random.Next(1, 8), (TrafficEnding)random.Next(3));
    }

    /// <summary>The pattern of what the moved end sends.</summary>
    public static ulong FromMoved(int seed) => (ulong)seed << 32;

    /// <summary>The pattern of what its peer sends.</summary>
    public static ulong FromPeer(int seed) => ((ulong)seed << 32) + (1UL << 31);
}
