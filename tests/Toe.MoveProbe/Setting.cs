namespace Toe.MoveProbe;

/// <summary>A setting of the stack as an argument: <c>Toe:OPTION=VALUE</c>.</summary>
internal static class Setting
{
    public static bool IsOne(string argument) => argument.StartsWith("Toe:", StringComparison.Ordinal);

    public static KeyValuePair<string, string?> Parse(string argument)
    {
        var parts = argument.Split('=', 2);
        return new(parts[0], parts[1]);
    }
}
