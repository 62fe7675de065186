namespace Toe.PackageCheck;

/// <summary>What a README shows is part of a program that is built and run with the package.</summary>
internal static class SnippetRules
{
    public static IEnumerable<string> Problems(PackageFile package, string repository)
    {
        var snippets = Snippets(package.ReadText("README.md")).ToList();
        if (snippets.Count == 0 && !package.IsTool)
            yield return "its README shows no code";
        var path = new[] { Path.Combine(repository, "eng", "scratch", package.Id + ".cs"), Path.Combine(repository, "docs", "write-a-provider.md") }.First(File.Exists);
        var program = Normalize(File.ReadLines(path));
        foreach (var snippet in snippets.Where(snippet => !program.Contains(snippet, StringComparison.Ordinal)))
            yield return $"its README shows what is not in {Path.GetFileName(path)}:{snippet}";
    }

    private static IEnumerable<string> Snippets(string markdown) => markdown.Split("```csharp\n").Skip(1).Select(rest => Normalize(rest.Split("```")[0].Split('\n')));

    // Without indentation and blank lines; each line stands between line feeds, so that only whole ones match.
    private static string Normalize(IEnumerable<string> lines) => "\n" + string.Concat(lines.Select(line => line.Trim()).Where(line => line.Length > 0).Select(line => line + "\n"));
}
