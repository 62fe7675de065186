using System.Globalization;
using System.Runtime.CompilerServices;

namespace Toe.Emulated.Tests.Tcp.Stateful;

/// <summary>What the compiler fills an interpolated string into, if it is needed at all.</summary>
[InterpolatedStringHandler]
internal ref struct JudgementWords
{
    private DefaultInterpolatedStringHandler _words;

    public JudgementWords(int literalLength, int formattedCount, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        if (isNeeded) _words = new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);
    }

    public void AppendLiteral(string value) => _words.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _words.AppendFormatted(value);

    public override string ToString() => _words.ToString();
}
