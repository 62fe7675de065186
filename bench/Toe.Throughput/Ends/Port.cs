namespace Toe.Throughput.Ends;

/// <summary>Where an end listens: a port says what is done with the connection.</summary>
internal static class Port
{
    private const int First = 5001;
    private const int Slowed = 10;

    /// <summary>The port of a mode.</summary>
    /// <param name="mode">What the end does.</param>
    /// <param name="slowed">True for the planted slow-down.</param>
    public static int Of(Mode mode, bool slowed) => First + (int)mode + (slowed ? Slowed : 0);
}
