using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Toe.Testing;

namespace Toe.Docs.Tests;

/// <summary>A page of the documentation.</summary>
internal sealed class Page
{
    private static readonly MarkdownPipeline Markdown = new MarkdownPipelineBuilder()
        .UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    public Page(string path)
    {
        Path = path;
        Document = Markdig.Markdown.Parse(File.ReadAllText(Repository.PathOf(path)), Markdown);
    }

    /// <summary>Every page that a reader finds: those of the root, of docs, and the packages' own.</summary>
    public static IReadOnlyList<Page> All { get; } =
    [
        .. Directory.GetFiles(Repository.Root, "*.md")
            .Concat(Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.GetDirectories(Repository.PathOf("src")).Select(static folder => System.IO.Path.Combine(folder, "README.md")).Where(File.Exists))
            .Select(static file => System.IO.Path.GetRelativePath(Repository.Root, file))
            .Order(StringComparer.Ordinal).Select(static path => new Page(path)),
    ];

    /// <summary>Where it is, from the root.</summary>
    public string Path { get; }

    public MarkdownDocument Document { get; }

    /// <summary>What a link may name behind its <c>#</c>.</summary>
    public IReadOnlySet<string> Anchors => Document.Descendants<HeadingBlock>().Select(static heading => heading.GetAttributes().Id).OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>The links to other files of the repository and to the page's own headings, as they are written.</summary>
    public IEnumerable<string> Links => Document.Descendants<LinkInline>()
        .Select(static link => link.Url).OfType<string>()
        .Where(static url => !url.Contains("://", StringComparison.Ordinal) && !url.StartsWith("mailto:", StringComparison.Ordinal));

    /// <summary>The page of that path.</summary>
    public static Page At(params string[] parts) => new(System.IO.Path.Combine(parts));
}
