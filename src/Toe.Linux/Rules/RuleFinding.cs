namespace Toe.Linux.Rules;

/// <summary>A rule that an offload would walk around, or one that is not understood.</summary>
/// <param name="Rule">The rule as a person finds it.</param>
/// <param name="Text">What it does, or what of it is not understood.</param>
/// <param name="IsUnderstood">False when it is not known what it does.</param>
internal readonly record struct RuleFinding(string Rule, string Text, bool IsUnderstood)
{
    /// <summary>The rule and what it does.</summary>
    public override string ToString() => IsUnderstood ? $"{Rule}: {Text}" : $"{Rule}: {Text} is not understood";
}
