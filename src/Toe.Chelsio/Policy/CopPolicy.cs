using System.Diagnostics.CodeAnalysis;

namespace Toe.Chelsio.Policy;

/// <summary>
/// A connection offload policy: the first rule that matches decides, and the last, which is not written, is <c>all =&gt; !offload</c>. Source: Unified Wire
/// 3.14.0.3, tools/cop/cop.8 and toecore/offload.h.
/// </summary>
/// <param name="Rules">The rules, in order.</param>
internal sealed record CopPolicy(IReadOnlyList<CopRule> Rules)
{
    /// <summary>Reads a policy's text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="error">The line that cannot be read, and why.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out CopPolicy? policy, [NotNullWhen(false)] out string? error) =>
        CopParser.TryParse(text, out policy, out error);

    /// <summary>Answers a question.</summary>
    /// <param name="question">The open, as far as it is known.</param>
    /// <param name="decisive">The rule that decided; null when it was the last one, or when it depends.</param>
    public CopAnswer Ask(CopQuestion question, out CopRule? decisive)
    {
        decisive = null;
        var (mayOffload, mayNot) = (false, false);
        foreach (var rule in Rules)
        {
            var matches = rule.Matches(question);
            if (matches == false)
                continue;
            mayOffload |= rule.Offload != false;
            mayNot |= rule.Offload != true;
            if (matches == true)
            {
                if (mayOffload != mayNot)
                    decisive = rule;
                return Combine(mayOffload, mayNot);
            }
        }

        return Combine(mayOffload, mayNot: true);
    }

    private static CopAnswer Combine(bool mayOffload, bool mayNot) =>
        mayOffload ? mayNot ? CopAnswer.Depends : CopAnswer.Card : CopAnswer.Host;
}
