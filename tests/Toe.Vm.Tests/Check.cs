using System.Runtime.CompilerServices;

namespace Toe.Vm.Tests;

/// <summary>What a case demands.</summary>
internal static class Check
{
    public static void True(bool holds, string? text = null, [CallerArgumentExpression(nameof(holds))] string expression = "")
    {
        if (!holds)
            throw new GuestFailureException(text is null ? expression : $"{expression}: {text}");
    }

    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string expression = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new GuestFailureException($"{expression} is '{actual}' instead of '{expected}'");
    }
}
