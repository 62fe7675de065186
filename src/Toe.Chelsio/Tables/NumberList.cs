namespace Toe.Chelsio.Tables;

/// <summary>Numbers with spaces or line ends between them: debugfs <c>path_mtus</c> (16 of them), and a sysctl's one.</summary>
internal static class NumberList
{
    /// <summary>Reads the numbers up to the first that is none.</summary>
    public static IReadOnlyList<long> Parse(ReadOnlySpan<char> text)
    {
        var numbers = new List<long>();
        foreach (var content in text.EnumerateLines())
        {
            var line = new Line(content);
            while (numbers.Count < TableLimits.Columns && line.ReadNumber(out var number))
                numbers.Add(number);
        }

        return numbers;
    }

    /// <summary>Reads one number, which may be negative, and nothing else.</summary>
    public static long? ParseOne(ReadOnlySpan<char> text)
    {
        var line = new Line(text.Trim());
        var negative = line.Skip("-");
        return line.ReadNumber(out var number) && line.IsEmpty ? negative ? -number : number : null;
    }
}
