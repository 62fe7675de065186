using System.Net;
using Microsoft.Extensions.Logging;

namespace Toe.AspNetCore.Transport;

/// <summary>The log messages of the transport; ids 3000 to 3099.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Debug, "Connection {ConnectionId} from {Remote} accepted on {Local}: {Placement}", SkipEnabledCheck = true)]
    public static partial void Accepted(ILogger logger, string connectionId, EndPoint? remote, EndPoint? local, Placement placement);

    [LoggerMessage(3001, LogLevel.Debug, "Connection {ConnectionId}: the peer sent FIN", SkipEnabledCheck = true)]
    public static partial void PeerFinished(ILogger logger, string connectionId);

    [LoggerMessage(3002, LogLevel.Debug, "Connection {ConnectionId} was reset: {Cause}", SkipEnabledCheck = true)]
    public static partial void Reset(ILogger logger, string connectionId, string cause);

    [LoggerMessage(3003, LogLevel.Debug, "Connection {ConnectionId} failed", SkipEnabledCheck = true)]
    public static partial void Failed(ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(3004, LogLevel.Debug, "Connection {ConnectionId} is aborted ({Ending}): {Reason}", SkipEnabledCheck = true)]
    public static partial void Aborting(ILogger logger, string connectionId, string ending, string reason);

    [LoggerMessage(3005, LogLevel.Debug, "Connection {ConnectionId} is closed: {Reason}", SkipEnabledCheck = true)]
    public static partial void Closing(ILogger logger, string connectionId, string reason);

    [LoggerMessage(3006, LogLevel.Error, "Connection {ConnectionId}: a callback of its closing threw")]
    public static partial void CallbackThrew(ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(3007, LogLevel.Error, "A connection that came to {Local} could not be served")]
    public static partial void AcceptFailed(ILogger logger, EndPoint local, Exception exception);
}
