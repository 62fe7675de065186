using System.Globalization;

namespace Toe.Testing;

/// <summary>How long properties over parsers look.</summary>
public static class Fuzzing
{
    /// <summary>Inputs of one property: what the test says, or <c>TOE_FUZZ_INPUTS</c> (<c>bench/long/fuzz</c>).</summary>
    /// <param name="usual">What a test run takes.</param>
    public static int Inputs(int usual) =>
        Environment.GetEnvironmentVariable("TOE_FUZZ_INPUTS") is { } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : usual;
}
