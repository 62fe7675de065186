using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Toe;

/// <summary>A firmware version as four ordered numbers. Vendors' strings become one by the provider's grammar; shorter versions end in zeros.</summary>
/// <param name="Major">First number.</param>
/// <param name="Minor">Second number.</param>
/// <param name="Micro">Third number.</param>
/// <param name="Build">Fourth number.</param>
public readonly record struct FirmwareVersion(uint Major, uint Minor = 0, uint Micro = 0, uint Build = 0)
    : IComparable<FirmwareVersion>, ISpanParsable<FirmwareVersion>
{
    private const int MaxParts = 4;

    /// <summary>True when <paramref name="left"/> is older.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator <(FirmwareVersion left, FirmwareVersion right) => left.CompareTo(right) < 0;

    /// <summary>True when <paramref name="left"/> is newer.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator >(FirmwareVersion left, FirmwareVersion right) => left.CompareTo(right) > 0;

    /// <summary>True when <paramref name="left"/> is not newer.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator <=(FirmwareVersion left, FirmwareVersion right) => left.CompareTo(right) <= 0;

    /// <summary>True when <paramref name="left"/> is not older.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator >=(FirmwareVersion left, FirmwareVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Reads one to four decimal numbers with dots between them, and nothing else: no signs, no spaces, no suffixes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="version">The version; default when this returns false.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out FirmwareVersion version)
    {
        version = default;
        Span<uint> parts = stackalloc uint[MaxParts];
        var count = 0;
        foreach (var range in text.Split('.'))
        {
            if (count == MaxParts || !uint.TryParse(text[range], NumberStyles.None, CultureInfo.InvariantCulture, out parts[count]))
                return false;
            count++;
        }

        if (count == 0)
            return false;
        version = new FirmwareVersion(parts[0], parts[1], parts[2], parts[3]);
        return true;
    }

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out FirmwareVersion result) => TryParse(s, out result);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out FirmwareVersion result) => TryParse(s, out result);

    /// <inheritdoc/>
    public static FirmwareVersion Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => TryParse(s, out var version)
        ? version
        : throw new FormatException($"'{s}' is not a firmware version: one to four numbers with dots between them.");

    /// <inheritdoc/>
    public static FirmwareVersion Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <inheritdoc/>
    public int CompareTo(FirmwareVersion other) =>
        (Major, Minor, Micro, Build).CompareTo((other.Major, other.Minor, other.Micro, other.Build));

    /// <summary>All four numbers with dots between them.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Micro}.{Build}");
}
