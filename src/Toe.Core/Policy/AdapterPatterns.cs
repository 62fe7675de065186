using System.Buffers;
using System.IO.Enumeration;

namespace Toe.Policy;

/// <summary>The adapters that a rule allows: ids, providers' names, or patterns of either with <c>*</c> and <c>?</c>.</summary>
internal sealed class AdapterPatterns(IReadOnlyList<string> patterns)
{
    private const int MaxLength = 200;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:_-/@+*?");

    public IReadOnlyList<string> Patterns => patterns;

    /// <summary>What is wrong with a pattern, for people; null when nothing is.</summary>
    public static string? Check(string? pattern)
    {
        if (string.IsNullOrEmpty(pattern))
            return "an adapter is missing here";
        if (pattern.Length > MaxLength)
            return $"the adapter's name is longer than {MaxLength} characters";
        var wrong = pattern.AsSpan().IndexOfAnyExcept(Allowed);
        return wrong < 0
            ? null
            : $"'{pattern}' cannot name an adapter (the character '{pattern[wrong]}'; "
                + "write an id, a provider's name, or a pattern with * and ?)";
    }

    public static bool Matches(string pattern, AdapterIdentity adapter) =>
        FileSystemName.MatchesSimpleExpression(pattern, adapter.Provider, ignoreCase: false)
        || FileSystemName.MatchesSimpleExpression(pattern, adapter.Id, ignoreCase: false);

    /// <summary>True when the provider, or an adapter of its with an id of the usual form <c>provider:device</c>, could match.</summary>
    public static bool MayNameAdapterOf(string pattern, string provider)
    {
        var colon = pattern.IndexOf(':', StringComparison.Ordinal);
        return FileSystemName.MatchesSimpleExpression(colon < 0 ? pattern : pattern.AsSpan(0, colon), provider, ignoreCase: false);
    }

    public bool Matches(AdapterIdentity adapter)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            if (Matches(patterns[i], adapter))
                return true;
        }

        return false;
    }

    public override string ToString() => string.Join(", ", patterns);
}
