namespace Toe.Policy;

/// <summary>The operator's file: <c>{ "mode": "forbid", "policy": { "rules": [ { "name": …, "remote": …, "mode": "prefer" } ] } }</c>.
/// Everything may be
/// left out. Comments and trailing commas are allowed, names are read without regard to case, unknown and doubled names are
/// errors.</summary>
internal sealed class OperatorDocument
{
    /// <summary>What holds where no rule matches: <c>forbid</c>, or <c>prefer</c>, which leaves it to the program. Default
    /// <c>prefer</c>.</summary>
    public ToeMode? Mode { get; set; }

    /// <summary>The rules, in the grammar of <c>Toe:Policy</c>.</summary>
    public PolicyOptions? Policy { get; set; }
}
