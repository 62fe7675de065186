using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Toe.Policy;

/// <summary>Ports as merged, ordered, inclusive ranges. Port 0 stands for a port not known yet and is in no set.</summary>
internal sealed class PortSet
{
    private readonly (int First, int Last)[] _ranges;

    private PortSet((int First, int Last)[] ranges) => _ranges = ranges;

    /// <summary>Reads numbers and ranges with commas between them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ports">The ports.</param>
    /// <param name="error">What is wrong, for people; null when nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PortSet? ports, [NotNullWhen(false)] out string? error)
    {
        ports = null;
        var ranges = new List<(int First, int Last)>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            if (!TryParsePort(dash < 0 ? part : part[..dash].Trim(), out var first)
                || !TryParsePort(dash < 0 ? part : part[(dash + 1)..].Trim(), out var last))
            {
                error = $"'{text}' are not ports ('{part}' is neither a port from 1 to 65535 nor a range such as 8000-8999)";
                return false;
            }

            if (last < first)
            {
                error = string.Create(
                    CultureInfo.InvariantCulture, $"'{text}' are not ports (the range '{part}' is reversed; did you mean {last}-{first}?)");
                return false;
            }

            ranges.Add((first, last));
        }

        ports = new PortSet(Merge(ranges));
        error = null;
        return true;
    }

    public bool Contains(int port)
    {
        foreach (var (first, last) in _ranges)
        {
            if (port < first)
                return false;
            if (port <= last)
                return true;
        }

        return false;
    }

    /// <summary>True when every port in <paramref name="other"/> is in this one; exact, because ranges are merged.</summary>
    public bool Covers(PortSet other) =>
        Array.TrueForAll(other._ranges, range => Array.Exists(_ranges, mine => mine.First <= range.First && range.Last <= mine.Last));

    /// <summary>The merged ranges with commas between them.</summary>
    public override string ToString() => string.Join(
        ',',
        _ranges.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.First}{(r.First == r.Last ? "" : $"-{r.Last}")}")));

    private static (int First, int Last)[] Merge(List<(int First, int Last)> ranges)
    {
        ranges.Sort();
        var merged = new List<(int First, int Last)>(ranges.Count);
        foreach (var range in ranges)
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, range.Last));
            else
                merged.Add(range);
        }

        return [.. merged];
    }

    private static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= ushort.MaxValue;
}
