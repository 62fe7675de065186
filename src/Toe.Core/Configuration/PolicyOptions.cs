namespace Toe;

/// <summary>Which connections are offloaded, and to what: <c>Toe:Policy</c>, and <c>policy</c> in the operator's file.</summary>
public sealed class PolicyOptions
{
    /// <summary>The rules in order; the first that matches decides. Where none matches, the mode is
    /// <see cref="ToeOptions.Mode"/>.</summary>
    /// <value>Default empty.</value>
    public IList<PolicyRuleOptions> Rules { get; } = [];
}
