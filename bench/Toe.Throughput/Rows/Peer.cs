namespace Toe.Throughput.Rows;

/// <summary>Another TCP, given on the command line.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Command">How it is started: words with the places {tap}, {mode}, {bytes}, {address} and {port}.</param>
internal sealed record Peer(string Name, IReadOnlyList<string> Command)
{
    /// <summary>Reads <c>NAME=COMMAND</c>; the words of the command are parted by spaces.</summary>
    /// <returns>Null where it is something else.</returns>
    public static Peer? TryParse(string text)
    {
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        var words = text[(sign + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return sign < 1 || words.Length == 0 ? null : new Peer(text[..sign], words);
    }
}
