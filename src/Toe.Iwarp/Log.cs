using Microsoft.Extensions.Logging;

namespace Toe.Iwarp;

/// <summary>The log of providers, each under its own name; event ids 2000 to 2099.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Warning, "Changes of interfaces are not heard of, so a lost adapter is found by the timer only: {Reason}")]
    public static partial void NotWatched(ILogger logger, string reason);

    [LoggerMessage(2001, LogLevel.Information, "{Adapter}: {Kind}: {Text} ({Source})")]
    public static partial void Note(ILogger logger, string adapter, AdapterNoteKind kind, string text, string source);
}
