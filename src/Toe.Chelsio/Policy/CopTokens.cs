namespace Toe.Chelsio.Policy;

/// <summary>The words of one rule, and how far they have been read.</summary>
internal sealed class CopTokens
{
    private static readonly string[] Signs = ["=>", "&&", "||", "==", "!=", "<=", ">=", "!", "(", ")", "?", ":", "&", "<", ">"];

    private readonly List<string> _words = [];
    private int _next;

    public CopTokens(ReadOnlySpan<char> text)
    {
        while (!(text = text.TrimStart()).IsEmpty)
        {
            var word = FirstWord(text);
            _words.Add(word);
            text = text[word.Length..];
        }
    }

    /// <summary>The next word; empty at the end.</summary>
    public string Next => Peek(0);

    public bool IsAtEnd => _next >= _words.Count;

    public string Peek(int ahead) => _next + ahead < _words.Count ? _words[_next + ahead] : "";

    public string Take()
    {
        var word = Next;
        _next++;
        return word;
    }

    public bool TryTake(params ReadOnlySpan<string> words)
    {
        if (!words.Contains(Next))
            return false;
        _next++;
        return true;
    }

    private static string FirstWord(ReadOnlySpan<char> text)
    {
        foreach (var sign in Signs)
        {
            if (text.StartsWith(sign, StringComparison.Ordinal))
                return sign;
        }

        var end = 1;
        // A colon between letters or digits belongs to an address, one between spaces to a condition.
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && (text[end] == ':' || !IsSign(text[end..])))
            end++;
        return text[..end].ToString();
    }

    private static bool IsSign(ReadOnlySpan<char> text)
    {
        foreach (var sign in Signs)
        {
            if (text.StartsWith(sign, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
