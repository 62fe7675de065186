using Microsoft.Extensions.Logging;

namespace Toe.Policy;

/// <summary>Log messages of the policy: 1100 to 1199.</summary>
internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Warning, "The {Rule} never decides: rule '{Earlier}' before it matches all that it matches.")]
    public static partial void RuleShadowed(this ILogger logger, string rule, string earlier);

    [LoggerMessage(1101, LogLevel.Error, "The operator's policy is malformed, and {Consequence}. {Error}")]
    public static partial void OperatorPolicyMalformed(this ILogger logger, string consequence, string error);

    [LoggerMessage(1102, LogLevel.Information, "The operator's policy {Path} is in force with {Count} rules.")]
    public static partial void OperatorPolicyRead(this ILogger logger, string path, int count);

    [LoggerMessage(1103, LogLevel.Information, "The operator's policy {Path} is gone; the operator leaves everything to the program.")]
    public static partial void OperatorPolicyGone(this ILogger logger, string path);

    [LoggerMessage(1104, LogLevel.Error, "{Variable} is '{Value}', which is neither 'forbid' nor 'prefer'; offloading is forbidden.")]
    public static partial void OperatorModeMalformed(this ILogger logger, string variable, string value);
}
