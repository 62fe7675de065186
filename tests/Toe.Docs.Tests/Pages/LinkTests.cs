using Toe.Testing;

namespace Toe.Docs.Tests;

/// <summary>No link leads nowhere, and no page is out of reach.</summary>
public sealed class LinkTests
{
    public static TheoryData<string> Pages => new(Page.All.Select(static page => page.Path));

    [Theory]
    [MemberData(nameof(Pages))]
    public void EveryLink_LeadsToAFileAndAHeadingThatAreThere(string path) =>
        Assert.Empty(Page.At(path).Links.Select(link => WrongWith(path, link)).OfType<string>());

    [Fact]
    public void EveryPageOfDocs_IsReachedFromTheReadme()
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<string>(["README.md"]);
        while (waiting.TryDequeue(out var path))
        {
            if (!reached.Add(path) || !path.EndsWith(".md", StringComparison.Ordinal))
                continue;
            foreach (var link in Page.At(path).Links.Select(link => Target(path, link).Path).Where(static target => File.Exists(Repository.PathOf(target))))
                waiting.Enqueue(link);
        }

        var docs = Directory.GetFiles(Repository.PathOf("docs"), "*", SearchOption.AllDirectories).Select(static file => Path.GetRelativePath(Repository.Root, file));
        Assert.Empty(docs.Except(reached));
    }

    private static string? WrongWith(string page, string link)
    {
        var (path, anchor) = Target(page, link);
        if (!Path.Exists(Repository.PathOf(path)))
            return $"{link}: no {path}";
        return anchor.Length == 0 || !path.EndsWith(".md", StringComparison.Ordinal) || Page.At(path).Anchors.Contains(anchor) ? null : $"{link}: no heading #{anchor} in {path}";
    }

    private static (string Path, string Anchor) Target(string page, string link)
    {
        var parts = link.Split('#', 2);
        var path = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, Uri.UnescapeDataString(parts[0]));
        return (Path.GetRelativePath(Repository.Root, Repository.PathOf(path)), parts.ElementAtOrDefault(1) ?? "");
    }
}
