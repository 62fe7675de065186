using System.Globalization;

namespace Toe.Diagnostics;

/// <summary>A question that changes something, or whose answer takes its time.</summary>
internal abstract class LastingRequest
{
    /// <summary>The most bytes that anybody wants of a packet; as in tcpdump.</summary>
    public const int LargestPacket = 262_144;

    private static readonly TimeSpan LongestDeadline = TimeSpan.FromDays(1);

    /// <summary>What came of it so far, for the log.</summary>
    public string Result { get; protected set; } = "nothing was done";

    /// <summary>Understands <c>upload ID|all</c>, <c>offload ID|all [ADAPTER]</c>, <c>drain SECONDS ADAPTER</c>, <c>undrain ADAPTER</c> and <c>capture BYTES</c>.</summary>
    /// <returns>Null where there is nothing to understand.</returns>
    public static LastingRequest? Parse(string question)
    {
        var (verb, rest) = Split(question);
        var (first, adapter) = Split(rest);
        return verb switch
        {
            "upload" when adapter.Length == 0 && TryParseConnection(first, out var id) => new MoveRequest(toHost: true, id, adapterId: null),
            "offload" when TryParseConnection(first, out var id) => new MoveRequest(toHost: false, id, adapter.Length == 0 ? null : adapter),
            "drain" when adapter.Length > 0 && TryParseSeconds(first, out var deadline) => new DrainRequest(adapter, deadline),
            "undrain" when rest.Length > 0 => new UndrainRequest(rest),
            "capture" when int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes is > 0 and <= LargestPacket => new CaptureRequest(bytes),
            _ => null,
        };
    }

    /// <summary>Does it.</summary>
    /// <param name="stacks">The stacks of this process; one at least.</param>
    /// <param name="asker">Takes the answer.</param>
    /// <param name="leaving">The asker leaves, or the endpoint closes: it is to end soon.</param>
    public abstract Task RunAsync(IReadOnlyList<ToeStack> stacks, DiagnosticAsker asker, CancellationToken leaving);

    /// <summary>What was asked for, for the log.</summary>
    public abstract override string ToString();

    /// <summary>Refuses for want of something to do it with.</summary>
    protected Task MatchedNothingAsync(DiagnosticAsker asker, string what, CancellationToken cancellationToken)
    {
        Result = what;
        return asker.WriteLineAsync(new MoveLine(Error: what, NothingMatched: true), DiagnosticJson.Default.MoveLine, cancellationToken);
    }

    protected static Task WriteAsync(DiagnosticAsker asker, MoveReport? connection, int remaining, CancellationToken cancellationToken) =>
        asker.WriteLineAsync(new MoveLine(new MoveStep(connection, remaining)), DiagnosticJson.Default.MoveLine, cancellationToken);

    protected static Task WriteDoneAsync(DiagnosticAsker asker, CancellationToken cancellationToken) =>
        asker.WriteLineAsync(new MoveLine(IsDone: true), DiagnosticJson.Default.MoveLine, cancellationToken);

    /// <summary>The asker's own words as a log may have them: they cannot pretend to be lines of it.</summary>
    protected static string Printable(string text) => string.Create(text.Length, text, static (printable, text) =>
    {
        for (var index = 0; index < text.Length; index++)
            printable[index] = char.IsControl(text[index]) ? '?' : text[index];
    });

    private static (string First, string Others) Split(string text) =>
        text.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var space ? (text[..space], text[(space + 1)..].Trim()) : (text, "");

    private static bool TryParseConnection(string text, out long? id)
    {
        id = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return id is not null || text == "all";
    }

    private static bool TryParseSeconds(string text, out TimeSpan time)
    {
        var isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= LongestDeadline.TotalSeconds;
        time = isNumber ? TimeSpan.FromSeconds(seconds) : default;
        return isNumber;
    }
}
