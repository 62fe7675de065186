using Toe.Testing;

namespace Toe.Docs.Tests;

/// <summary>A part of a page that is written from the code, between <c>&lt;!-- generated: NAME --&gt;</c> and <c>&lt;!-- end --&gt;</c>.</summary>
internal static class GeneratedPart
{
    /// <summary>Compares the part with what the code says; with <c>TOE_REGENERATE=1</c> writes it first.</summary>
    public static void Check(string page, string name, string expected)
    {
        var path = Repository.PathOf(page);
        var text = File.ReadAllText(path);
        var (start, end) = Find(text, name);
        if (Environment.GetEnvironmentVariable("TOE_REGENERATE") == "1")
        {
            text = string.Concat(text.AsSpan(0, start), expected, text.AsSpan(end));
            File.WriteAllText(path, text);
            (start, end) = Find(text, name);
        }

        Assert.Equal(expected, text[start..end]);
    }

    private static (int Start, int End) Find(string text, string name)
    {
        var marker = $"<!-- generated: {name} -->\n";
        var start = text.IndexOf(marker, StringComparison.Ordinal);
        Assert.True(start >= 0, $"no line {marker}");
        start += marker.Length;
        var end = text.IndexOf("<!-- end -->", start, StringComparison.Ordinal);
        Assert.True(end >= 0, $"no <!-- end --> behind {marker}");
        return (start, end);
    }
}
