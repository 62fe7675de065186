namespace Toe.MoveProbe;

/// <summary>What both ends of a connection with requests and answers know.</summary>
internal static class Echo
{
    /// <summary>Bytes of a request.</summary>
    public const int Request = 64;

    /// <summary>The most bytes of an answer.</summary>
    public const int LargestAnswer = 65_536;

    /// <summary>How long requests are answered before the first move and behind the last: a capture neither begins nor ends at once.</summary>
    public static TimeSpan Settling { get; } = TimeSpan.FromSeconds(1);

    /// <summary>The sizes of a connection's answers, one after the other.</summary>
    public static IEnumerable<int> Answers(int seed)
    {
        var random = new Random(seed + 1);
        while (true)
            yield return random.Next(1, LargestAnswer);
    }
}
