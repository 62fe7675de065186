using System.Text;

namespace Toe.Docs.Tests;

/// <summary>The tables of options that are set in code.</summary>
internal static class CodeOptionsTables
{
    public static string Write()
    {
        var text = new StringBuilder();
        foreach (var type in CodeOptions.All)
        {
            text.Append($"### {type.Name}\n\n`{type.FullName}`, package {type.Assembly.GetName().Name}. {XmlComments.Summary(type)}\n\n| Option | Type | Default | Meaning |\n|---|---|---|---|\n");
            foreach (var option in CodeOptions.OptionsOf(type))
            {
                var meaning = string.Join(' ', new[] { XmlComments.Parameter(option), XmlComments.Summary(option), XmlComments.Value(option) }.Where(static part => part.Length > 0).Distinct());
                Assert.True(meaning.Length > 0, $"{type.Name}.{option.Name} has no comment");
                text.Append($"| `{option.Name}` | {OptionText.Type(option.PropertyType)} | {CodeOptions.Default(type, option)} | {meaning} |\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
