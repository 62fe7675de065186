namespace Toe.Policy;

/// <summary>Reads the operator's file.</summary>
internal static class OperatorFile
{
    /// <summary>Reads a document and compiles its rules.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="path">The file's path, for the trace.</param>
    /// <param name="before">The rules before, whose counters go on.</param>
    /// <exception cref="FormatException">Anything is wrong with it; the message says what and where.</exception>
    public static OperatorRules Parse(ReadOnlySpan<byte> json, string path, PolicyRuleSet? before = null)
    {
        var document = JsonText.Read(json, OperatorJson.Default.OperatorDocument);
        var errors = new List<string>();
        var mode = document.Mode ?? ToeMode.Prefer;
        if (mode is not (ToeMode.Prefer or ToeMode.Forbid))
            errors.Add("mode: the operator can only narrow: 'prefer' (leave it to the program) or 'forbid'");
        var authority = PolicyAuthority.Operator(path);
        var rules = PolicyCompiler.Compile(authority, document.Policy?.Rules ?? [], mode, errors, before);
        if (errors.Count > 0)
            throw new FormatException(string.Join("; ", errors));
        return mode == ToeMode.Forbid
            ? new OperatorRules(rules, ToeReasons.OperatorForbidden.With(authority.Words), authority.Words, IsAbsolute: false)
            : new OperatorRules(rules, ToeReason.None, "", IsAbsolute: false);
    }
}
