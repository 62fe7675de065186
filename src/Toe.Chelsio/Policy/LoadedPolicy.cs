using System.Diagnostics.CodeAnalysis;

namespace Toe.Chelsio.Policy;

/// <summary>
/// <c>/proc/net/offload/toeN/read-cop</c>: <c>COP text header version N</c>, an empty line, <c>COP policies:</c>, and the text. A policy that was compiled without its
/// text is loaded all the same and cannot be read back. Source: Unified Wire 3.14.0.3, t4_tom/tom.c.
/// </summary>
internal static class LoadedPolicy
{
    private const string Heading = "COP policies:";

    /// <summary>Finds the policy's text in the file.</summary>
    public static bool TryFind(string content, [NotNullWhen(true)] out string? policy)
    {
        var at = content.IndexOf(Heading, StringComparison.Ordinal);
        policy = at < 0 ? null : content[(at + Heading.Length)..];
        return policy is not null;
    }
}
