using System.Runtime.CompilerServices;
using System.Text;

namespace Toe.Conformance;

/// <summary>What a requirement insists on.</summary>
internal static class Check
{
    /// <summary>Insists.</summary>
    /// <param name="condition">What must be so.</param>
    /// <param name="otherwise">What is wrong when it is not.</param>
    /// <exception cref="UnmetException">It is not so.</exception>
    public static void That(bool condition, string otherwise)
    {
        if (!condition)
            throw new UnmetException(otherwise);
    }

    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new UnmetException($"{what} is {actual} instead of {expected}");
    }

    /// <summary>Insists that bytes are the ones expected, and says where they begin to differ.</summary>
    public static void Bytes(byte[] expected, byte[] actual)
    {
        var same = expected.AsSpan().CommonPrefixLength(actual);
        if (same < expected.Length || same < actual.Length)
            throw new UnmetException($"of {expected.Length} bytes {actual.Length} came, and from byte {same} on they are not the ones sent");
    }

    public static void Text(string expected, byte[] actual) => Bytes(Encoding.ASCII.GetBytes(expected), actual);

    /// <summary>Insists on a refusal for a reason.</summary>
    public static void Refused(ToeReason reason, params ReadOnlySpan<ToeReason> expected)
    {
        foreach (var one in expected)
        {
            if (reason.Is(one))
                return;
        }

        throw new UnmetException(reason.IsNone ? "it was not refused" : $"it was refused with {reason}");
    }
}
