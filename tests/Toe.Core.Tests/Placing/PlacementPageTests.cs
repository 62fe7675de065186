using System.Globalization;
using Toe.Testing;

namespace Toe.Core.Tests.Placing;

/// <summary>docs/placement.md has every key with its default.</summary>
public sealed class PlacementPageTests
{
    [Theory]
    [InlineData("Placement")]
    [InlineData("Worth")]
    public void EveryKey_HasItsRow_WithItsDefault(string section)
    {
        var lines = File.ReadAllLines(Repository.PathOf("docs", "placement.md"));
        var documented = lines.SkipWhile(line => line != $"| Key under `Toe:{section}` | Default | Meaning |").Skip(2).TakeWhile(static line => line.StartsWith('|'))
            .Select(static line => string.Join(" = ", line.Split('|', StringSplitOptions.TrimEntries)[1..3]));

        var keys = ConfigurationSchema.Toe.Keys.Where(key => key.StartsWith($":{section}:", StringComparison.Ordinal)).Select(key => key[(section.Length + 2)..]);

        Assert.Equal(keys.Select(key => $"`{key}` = {Default(section, key)}"), documented);
    }

    private static string? Default(string section, string key)
    {
        object options = new ToeOptions();
        foreach (var name in $"{section}:{key}".Split(':'))
            options = options.GetType().GetProperty(name)!.GetValue(options)!;
        return Convert.ToString(options, CultureInfo.InvariantCulture);
    }
}
