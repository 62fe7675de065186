using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp.States;

/// <summary>One line of a state's table.</summary>
/// <param name="Event">A name in <see cref="StateEvents.All"/>.</param>
/// <param name="Next">The state afterwards.</param>
/// <param name="Sent">Flags, sequence and (with A) acknowledgement number of each segment, relative to the first data bytes, and its length.</param>
/// <param name="Told">What the application learns: its events, and what its call returned.</param>
internal sealed record StateRow(string Event, TcpState Next, string Sent, string Told)
{
    /// <summary>In place of segments: repetitions that other tests look at.</summary>
    public const string Any = "*";

    public static StateRow Parse(string line)
    {
        var cells = line.Split('|', StringSplitOptions.TrimEntries);
        return new(cells[0], Enum.Parse<TcpState>(cells[1]), cells[2], cells[3]);
    }
}
