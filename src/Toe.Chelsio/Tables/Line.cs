using System.Globalization;

namespace Toe.Chelsio.Tables;

/// <summary>What is left of a line of a kernel table. Every step says whether it could be made; none throws.</summary>
/// <param name="text">The line.</param>
internal ref struct Line(ReadOnlySpan<char> text)
{
    /// <summary>What has not been read.</summary>
    public ReadOnlySpan<char> Rest { get; private set; } = text;

    public readonly bool IsEmpty => Rest.Trim().IsEmpty;

    /// <summary>Reads exactly this text, after spaces.</summary>
    public bool Skip(scoped ReadOnlySpan<char> expected)
    {
        var rest = Rest.TrimStart();
        if (!rest.StartsWith(expected, StringComparison.Ordinal))
            return false;
        Rest = rest[expected.Length..];
        return true;
    }

    /// <summary>Reads up to a mark and over it.</summary>
    public bool ReadTo(scoped ReadOnlySpan<char> mark, out ReadOnlySpan<char> before)
    {
        var at = Rest.IndexOf(mark, StringComparison.Ordinal);
        before = at < 0 ? default : Rest[..at].Trim();
        if (at < 0)
            return false;
        Rest = Rest[(at + mark.Length)..];
        return true;
    }

    /// <summary>Reads a word: everything up to the next white space.</summary>
    public bool ReadWord(out ReadOnlySpan<char> word)
    {
        var rest = Rest.TrimStart();
        var end = rest.IndexOfAny(' ', '\t');
        word = end < 0 ? rest : rest[..end];
        Rest = rest[word.Length..];
        return !word.IsEmpty;
    }

    /// <summary>Reads a number without sign: decimal digits after spaces, at most <see cref="long.MaxValue"/>.</summary>
    public bool ReadNumber(out long number)
    {
        var rest = Rest.TrimStart();
        var length = rest.IndexOfAnyExceptInRange('0', '9');
        if (length < 0)
            length = rest.Length;
        if (!long.TryParse(rest[..length], NumberStyles.None, CultureInfo.InvariantCulture, out number))
            return false;
        Rest = rest[length..];
        return true;
    }
}
