namespace Toe.Docs.Tests;

/// <summary>The code in the documentation is code.</summary>
public sealed class SnippetTests
{
    public static TheoryData<string> Blocks => new(Snippet.All.Where(static snippet => snippet.Excuse is null).Select(static snippet => snippet.ToString()));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Compiles(string block)
    {
        var snippet = Snippet.All.Single(snippet => snippet.ToString() == block);
        var others = Snippet.All.Where(other => other.Page == snippet.Page && other != snippet && other.Excuse is null);

        Assert.Empty(SnippetCompiler.Errors(snippet, others));
    }

    [Fact]
    public void WhatIsNotCompiled_SaysWhy() =>
        Assert.All(Snippet.All.Where(static snippet => snippet.Excuse is not null), static snippet => Assert.NotEmpty(snippet.Excuse!));

    [Fact]
    public void WhatDoesNotCompile_IsFound()
    {
        Assert.Empty(SnippetCompiler.Errors(new Snippet("page", 1, "Console.WriteLine(connection.Placement);", null), []));
        Assert.Contains("NoSuchMember", Assert.Single(SnippetCompiler.Errors(new Snippet("page", 1, "Console.WriteLine(connection.NoSuchMember);", null), [])), StringComparison.Ordinal);
    }
}
