using Microsoft.Extensions.Logging;

namespace Toe.QLogic;

/// <summary>The provider's log, event ids 2100 to 2199.</summary>
internal static partial class Log
{
    [LoggerMessage(2100, LogLevel.Warning, "Changes of interfaces are not heard of, so a lost adapter is found by the timer only: {Reason}")]
    public static partial void NotWatched(ILogger logger, string reason);

    [LoggerMessage(2101, LogLevel.Information, "{Adapter}: {Kind}: {Text} ({Source})")]
    public static partial void Note(ILogger logger, string adapter, AdapterNoteKind kind, string text, string source);
}
