using Markdig.Syntax;
using Microsoft.CodeAnalysis;

namespace Toe.Docs.Tests;

/// <summary>Programs in the documentation print what it says they print.</summary>
[CollectionDefinition(DisableParallelization = true)]
[Collection(typeof(RunTests))]
public sealed class RunTests
{
    private const string Mark = "<!-- prints what follows -->";

    public static TheoryData<string> Programs => new(Page.All.SelectMany(Of).Select(static program => program.Block));

    [Theory]
    [MemberData(nameof(Programs))]
    public void Program_PrintsWhatThePageSays(string block)
    {
        var snippet = Snippet.All.Single(snippet => snippet.ToString() == block);
        using var printed = new StringWriter { NewLine = "\n" };
        var console = Console.Out;
        Console.SetOut(printed);
        try
        {
            SnippetCompiler.Load(snippet).EntryPoint!.Invoke(null, [Array.Empty<string>()]);
        }
        finally
        {
            Console.SetOut(console);
        }

        Assert.Equal(Page.All.SelectMany(Of).Single(program => program.Block == block).Output, printed.ToString().TrimEnd('\n').ReplaceLineEndings("\n"));
    }

    private static IEnumerable<(string Block, string Output)> Of(Page page)
    {
        var blocks = page.Document.ToList();
        for (var at = 0; at < blocks.Count; at++)
        {
            if (blocks[at] is HtmlBlock mark && mark.Lines.ToString().Trim() == Mark && blocks[at + 1] is FencedCodeBlock code && blocks[at + 2] is FencedCodeBlock output)
                yield return ($"{page.Path}:{code.Line + 1}", output.Lines.ToString());
        }
    }
}
