using Markdig.Syntax;

namespace Toe.Docs.Tests;

/// <summary>A block of C# on a page.</summary>
/// <param name="Page">The page.</param>
/// <param name="Line">The line that it begins at, from 1.</param>
/// <param name="Code">The code.</param>
/// <param name="Excuse">Why it is not compiled: the comment <c>&lt;!-- not compiled: REASON --&gt;</c> before it; null when it is.</param>
internal sealed record Snippet(string Page, int Line, string Code, string? Excuse)
{
    private const string Mark = "<!-- not compiled:";

    public static IReadOnlyList<Snippet> All { get; } = [.. Docs.Tests.Page.All.SelectMany(Of)];

    public override string ToString() => $"{Page}:{Line}";

    private static IEnumerable<Snippet> Of(Page page)
    {
        Block? before = null;
        foreach (var block in page.Document.Descendants<LeafBlock>())
        {
            if (block is FencedCodeBlock { Info: "csharp" or "cs" or "c#" } code)
                yield return new Snippet(page.Path, code.Line + 1, code.Lines.ToString(), ExcuseOf(before));
            before = block;
        }
    }

    private static string? ExcuseOf(Block? before) => before is HtmlBlock html && html.Lines.ToString().Trim() is var text && text.StartsWith(Mark, StringComparison.Ordinal)
        ? text[Mark.Length..].Replace("-->", "", StringComparison.Ordinal).Trim()
        : null;
}
