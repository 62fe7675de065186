using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Markdig.Syntax;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Toe.Policy;
using Toe.Testing;

namespace Toe.Docs.Tests;

/// <summary>docs/configuration.md has every option, as the code has it.</summary>
public sealed partial class ConfigurationPageTests
{
    private const string Path = "docs/configuration.md";

    public static TheoryData<string> Configurations => new(JsonBlocks("Toe").Keys);

    public static TheoryData<string> OperatorFiles => new(JsonBlocks("mode").Keys.Concat(JsonBlocks("policy").Keys).Distinct());

    [Fact]
    public void Section_IsTheCodes() => GeneratedPart.Check(Path, "configuration", ConfigurationTable.Write());

    [Fact]
    public void OptionsSetInCode_AreTheCodes() => GeneratedPart.Check(Path, "code", CodeOptionsTables.Write());

    [Fact]
    public void EveryKey_IsOneThatTheConfigurationTakes() =>
        Assert.Equal(
            ConfigurationSchema.Toe.Keys.Order(StringComparer.Ordinal),
            ConfigurationKeys.All.Select(static key => key.Path["Toe".Length..].Replace(":N:", "*:", StringComparison.Ordinal) + (OptionText.Type(key.Property.PropertyType).StartsWith("list", StringComparison.Ordinal) ? "*" : "")).Order(StringComparer.Ordinal));

    [Fact]
    public void EveryNumber_HasItsUnit() =>
        Assert.Equal(
            ConfigurationKeys.All.Where(static key => OptionText.Type(key.Property.PropertyType).EndsWith("number", StringComparison.Ordinal)).Select(static key => key.Path),
            OptionUnits.Units.Keys);

    [Fact]
    public void EveryEnvironmentVariable_IsRead_AndTheOtherWayRound()
    {
        var read = Directory.GetFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(static file => Variable().Matches(File.ReadAllText(file)).Select(static match => match.Groups[1].Value)).Distinct().Order(StringComparer.Ordinal);
        var told = File.ReadLines(Repository.PathOf(Path)).Select(static line => VariableRow().Match(line)).Where(static match => match.Success).Select(static match => match.Groups[1].Value);

        Assert.Equal(read, told.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void EveryExampleOfAConfiguration_IsTaken(string block)
    {
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(JsonBlocks("Toe")[block]));
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(new ConfigurationBuilder().AddJsonStream(text).Build()).AddToe().BuildServiceProvider();

        Assert.NotNull(services.GetRequiredService<IOptionsMonitor<ToeOptions>>().CurrentValue);
    }

    [Theory]
    [MemberData(nameof(OperatorFiles))]
    public void EveryExampleOfAnOperatorsFile_IsTaken(string block) => Assert.NotNull(OperatorFile.Parse(Encoding.UTF8.GetBytes(JsonBlocks()[block]), OperatorPlace.DefaultPath));

    /// <summary>The JSON documents on all pages, by page and line; those that have the key, where one is given.</summary>
    private static Dictionary<string, string> JsonBlocks(string? key = null) => Page.All
        .SelectMany(static page => page.Document.Descendants<FencedCodeBlock>().Where(static block => block.Info == "json").Select(block => (Place: $"{page.Path}:{block.Line + 1}", Text: block.Lines.ToString())))
        .Where(block => key is null || JsonDocument.Parse(block.Text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip }).RootElement.TryGetProperty(key, out _))
        .ToDictionary(static block => block.Place, static block => block.Text, StringComparer.Ordinal);

    [GeneratedRegex("\"((?:TOE|XDG)_[A-Z_]+)\"")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\| `((?:TOE|XDG)_[A-Z_]+)` \|")]
    private static partial Regex VariableRow();
}
