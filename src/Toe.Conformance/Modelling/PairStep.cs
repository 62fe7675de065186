namespace Toe.Conformance;

/// <summary>One step of a history.</summary>
/// <param name="Action">What is done.</param>
/// <param name="Bytes">To how many bytes at most, where it is done to bytes.</param>
internal readonly record struct PairStep(PairAction Action, int Bytes)
{
    /// <summary>A random history. Nothing comes behind an abort or a reset.</summary>
    public static List<PairStep> History(Random random, bool moves)
    {
        var steps = new List<PairStep>();
        for (var left = random.Next(5, 40); left > 0; left--)
        {
            var step = new PairStep(Pick(random, moves), random.Next(4) == 0 ? random.Next(1, 16 << 10) : random.Next(1, 64));
            steps.Add(step);
            if (step.Action is PairAction.WeAbort or PairAction.TheyReset)
                break;
        }

        return steps;
    }

    public override string ToString() => Action is PairAction.WeSend or PairAction.TheySend or PairAction.WeReceive or PairAction.TheyReceive ? $"{Action} {Bytes}" : Action.ToString();

    private static PairAction Pick(Random random, bool moves) => random.Next(100) switch
    {
        < 22 => PairAction.WeSend,
        < 44 => PairAction.TheySend,
        < 60 => PairAction.WeReceive,
        < 76 => PairAction.TheyReceive,
        < 81 => PairAction.WeArm,
        < 86 => PairAction.WeAsk,
        < 93 => moves ? PairAction.WeMove : PairAction.WeReceive,
        < 95 => PairAction.WeEnd,
        < 97 => PairAction.TheyEnd,
        < 98 => PairAction.WeAbort,
        _ => PairAction.TheyReset,
    };
}
