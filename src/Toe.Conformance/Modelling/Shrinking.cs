namespace Toe.Conformance;

/// <summary>Makes a history that fails as short and as small as it can be and still fail.</summary>
internal static class Shrinking
{
    /// <summary>Leaves steps out, then makes their bytes fewer, as long as it fails.</summary>
    /// <param name="steps">A history that fails.</param>
    /// <param name="fails">Whether another one does.</param>
    /// <param name="mayGoOn">False when there is no more time.</param>
    public static async Task<IReadOnlyList<PairStep>> ShrinkAsync(IReadOnlyList<PairStep> steps, Func<IReadOnlyList<PairStep>, Task<bool>> fails, Func<bool> mayGoOn)
    {
        var (smallest, hasShrunk) = (steps, true);
        while (hasShrunk)
        {
            hasShrunk = false;
            foreach (var candidate in Smaller(smallest))
            {
                if (!mayGoOn())
                    return smallest;
                if (!await fails(candidate))
                    continue;
                (smallest, hasShrunk) = (candidate, true);
                break;
            }
        }

        return smallest;
    }

    /// <summary>First without a half, a quarter and so on down to single steps; then with a step of half as many bytes.</summary>
    private static IEnumerable<IReadOnlyList<PairStep>> Smaller(IReadOnlyList<PairStep> steps)
    {
        for (var size = steps.Count / 2; size > 0; size /= 2)
        {
            for (var from = 0; from + size <= steps.Count; from += size)
                yield return [.. steps.Take(from), .. steps.Skip(from + size)];
        }

        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i].Bytes > 1)
                yield return [.. steps.Take(i), steps[i] with { Bytes = steps[i].Bytes / 2 }, .. steps.Skip(i + 1)];
        }
    }
}
