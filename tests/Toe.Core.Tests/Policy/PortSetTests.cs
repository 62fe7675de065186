using CsCheck;
using Toe.Policy;

namespace Toe.Core.Tests.Policy;

public sealed class PortSetTests
{
    [Theory]
    [InlineData("80", "80")]
    [InlineData("8000-8999", "8000-8999")]
    [InlineData(" 443 , 80,8000 - 8999 ", "80,443,8000-8999")]
    [InlineData("1-10,11-20", "1-20")]
    [InlineData("5-9,1-20,7", "1-20")]
    [InlineData("1-65535", "1-65535")]
    public void Reads_and_merges(string text, string expected)
    {
        Assert.True(PortSet.TryParse(text, out var ports, out var error), error);
        Assert.Equal(expected, ports.ToString());
    }

    [Theory]
    [InlineData("8999-8000", "'8999-8000' are not ports (the range '8999-8000' is reversed; did you mean 8000-8999?)")]
    [InlineData("0", "'0' are not ports ('0' is neither a port from 1 to 65535 nor a range such as 8000-8999)")]
    [InlineData("65536", "'65536' are not ports ('65536' is neither a port from 1 to 65535 nor a range such as 8000-8999)")]
    [InlineData("80,", "'80,' are not ports ('' is neither a port from 1 to 65535 nor a range such as 8000-8999)")]
    [InlineData("", "'' are not ports ('' is neither a port from 1 to 65535 nor a range such as 8000-8999)")]
    [InlineData("-5", "'-5' are not ports ('-5' is neither a port from 1 to 65535 nor a range such as 8000-8999)")]
    [InlineData("http", "'http' are not ports ('http' is neither a port from 1 to 65535 nor a range such as 8000-8999)")]
    public void Wrong(string text, string expected)
    {
        Assert.False(PortSet.TryParse(text, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Parsing_is_total() => Gen.OneOf(Gen.String, Gen.String[Gen.Char["0123456789-, "], 0, 20]).Sample(text =>
        PortSet.TryParse(text, out var ports, out var error) ? ports is not null : error is not null);

    [Fact]
    public void Contains_and_covers_agree_with_sets_of_numbers() => Gen.Select(Ranges, Ranges).Sample((a, b) =>
    {
        var (setA, numbersA) = Make(a);
        var (setB, numbersB) = Make(b);
        return Enumerable.Range(0, 45).All(port => setA.Contains(port) == numbersA.Contains(port))
            && setA.Covers(setB) == numbersB.IsSubsetOf(numbersA);
    });

    private static Gen<(int First, int Length)[]> Ranges { get; } = Gen.Select(Gen.Int[1, 30], Gen.Int[0, 9]).Array[1, 5];

    private static (PortSet Set, HashSet<int> Numbers) Make((int First, int Length)[] ranges)
    {
        var text = string.Join(',', ranges.Select(r => $"{r.First}-{r.First + r.Length}"));
        Assert.True(PortSet.TryParse(text, out var set, out var error), error);
        return (set, [.. ranges.SelectMany(r => Enumerable.Range(r.First, r.Length + 1))]);
    }
}
