namespace Toe.Moves;

/// <summary>How long the peer heard nothing for a move: the longest gap between packets of the moved side that touches the time of the move.</summary>
internal static class Pauses
{
    /// <summary>Finds the gaps.</summary>
    /// <param name="packets">When packets came, in microseconds since 1970, in order.</param>
    /// <param name="report">The moves.</param>
    /// <returns>Microseconds, one for each move behind which the peer heard something.</returns>
    public static IEnumerable<double> Of(IReadOnlyList<double> packets, MoveReport report)
    {
        var next = 0;
        for (var move = 0; move < report.Began.Count; move++)
        {
            double began = report.Began[move], ended = began + report.Microseconds[move];
            while (next < packets.Count && packets[next] < began)
                next++;
            var longest = 0.0;
            for (var packet = Math.Max(next, 1); packet < packets.Count && packets[packet - 1] < ended; packet++)
                longest = Math.Max(longest, packets[packet] - packets[packet - 1]);
            if (longest > 0)
                yield return longest;
        }
    }
}
