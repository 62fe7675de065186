using System.Runtime.CompilerServices;

namespace Toe.Emulated.Tests.Tcp.Stateful;

/// <summary>An assertion whose words are put together only when it fails: a run makes thousands.</summary>
internal static class Judgement
{
    public static void Judge(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref JudgementWords words)
    {
        if (!holds) Assert.Fail(words.ToString());
    }
}
