using System.Text;

namespace Toe.Docs.Tests;

/// <summary>The table of the section <c>Toe</c>.</summary>
internal static class ConfigurationTable
{
    public static string Write()
    {
        var table = new StringBuilder("| Key | Type | Unit | Default | Range | Meaning |\n|---|---|---|---|---|---|\n");
        foreach (var key in ConfigurationKeys.All)
        {
            var unit = OptionUnits.Units.GetValueOrDefault(key.Path, "");
            table.Append($"| `{key.Path}` | {OptionText.Type(key.Property.PropertyType)} | {unit} | {OptionText.Value(key.Default)} | {OptionText.Range(key.Property)} | {Meaning(key)} |\n");
        }

        return table.ToString();
    }

    /// <summary>The summary, and what the comment says beyond default and range, which have their own columns.</summary>
    private static string Meaning(ConfigurationKeys.ConfigurationKey key)
    {
        var value = XmlComments.Value(key.Property);
        var known = $"Default {OptionText.Value(key.Default)}";
        var rest = value.Replace("`FirmwareVerdict.", "`", StringComparison.Ordinal).Replace("`ToeMode.", "`", StringComparison.Ordinal).Replace("`PolicyDirection.", "`", StringComparison.Ordinal);
        rest = rest.Replace($"Default `{OptionText.Value(key.Default)}`", known, StringComparison.Ordinal);
        Assert.True(rest.Length == 0 || rest.StartsWith(known, StringComparison.Ordinal), $"{key.Path}: the comment says '{value}', and the default is {OptionText.Value(key.Default)}");
        rest = rest.Length == 0 ? "" : rest[known.Length..];
        var range = OptionText.Range(key.Property);
        if (range.Length > 0)
            rest = rest.Replace($"; {range}", "", StringComparison.Ordinal);
        var more = rest.Trim(' ', ';', ',', '.', ':');
        var sentence = more.Length == 0 ? "" : rest.StartsWith(':') ? $" Default: {more}." : $" {char.ToUpperInvariant(more[0])}{more[1..]}.";
        return XmlComments.Summary(key.Property) + sentence;
    }
}
