using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Toe.Chelsio.Policy;

/// <summary>
/// Reads the rules of a policy: <c>filter =&gt; settings</c>, <c>#</c> begins a comment, a backslash at the end continues the line. Words that it does not know make their
/// part of the filter unknown, never the rule vanish.
/// </summary>
internal static class CopParser
{
    private const int MostRules = 4096;
    private const int MostCharactersOfRule = 64 * 1024;

    public static bool TryParse(string text, [NotNullWhen(true)] out CopPolicy? policy, [NotNullWhen(false)] out string? error)
    {
        policy = null;
        var rules = new List<CopRule>();
        foreach (var (number, rule) in Lines(text))
        {
            if (rules.Count == MostRules)
            {
                error = string.Create(CultureInfo.InvariantCulture, $"line {number}: more than {MostRules} rules");
                return false;
            }

            try
            {
                rules.Add(ParseRule(rule));
            }
            catch (FormatException exception)
            {
                error = string.Create(CultureInfo.InvariantCulture, $"line {number}: {exception.Message}");
                return false;
            }
        }

        policy = new CopPolicy(rules);
        error = null;
        return true;
    }

    private static IEnumerable<(int Number, string Rule)> Lines(string text)
    {
        var (number, begun, rule) = (0, 0, "");
        foreach (var content in text.Split('\n'))
        {
            number++;
            var comment = content.IndexOf('#', StringComparison.Ordinal);
            var line = (comment < 0 ? content : content[..comment]).Trim();
            if (rule.Length == 0)
                begun = number;
            if (line.EndsWith('\\'))
            {
                rule += line[..^1] + " ";
                continue;
            }

            rule = (rule + line).Trim();
            if (rule.Length != 0)
                yield return (begun, rule);
            rule = "";
        }

        if (rule.Trim().Length != 0)
            yield return (begun, rule.Trim());
    }

    private static CopRule ParseRule(string text)
    {
        if (text.Length > MostCharactersOfRule)
            throw new FormatException("the rule is too long");
        var tokens = new CopTokens(text);
        var filter = new CopFilterParser(tokens).ParseFilter();
        if (!tokens.TryTake("=>"))
            throw new FormatException(tokens.IsAtEnd ? "'=>' is missing" : $"'{tokens.Next}' where '=>' should stand");
        return new CopRule(text, filter, ParseOffload(tokens));
    }

    /// <summary>Of the settings only this one matters: <c>offload</c> or <c>!offload</c>; the last one counts.</summary>
    private static bool? ParseOffload(CopTokens tokens)
    {
        bool? offload = null;
        while (!tokens.IsAtEnd)
        {
            var negated = tokens.TryTake("!", "not");
            if (tokens.Take() == "offload")
                offload = !negated;
        }

        return offload;
    }
}
