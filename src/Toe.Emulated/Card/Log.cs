using Microsoft.Extensions.Logging;
using Toe.Emulated.Links;

namespace Toe.Emulated;

/// <summary>The provider's log, event ids 2200 to 2299.</summary>
internal static partial class Log
{
    [LoggerMessage(2200, LogLevel.Warning, "The capture of {Device} to {Path} cannot be made: {Reason}")]
    public static partial void NotCaptured(ILogger logger, string device, string path, string reason);

    [LoggerMessage(2201, LogLevel.Warning, "The capture of {Device} to {Path} has ended: {State}: {Reason}")]
    public static partial void CaptureEnded(ILogger logger, string device, string path, CaptureState state, string reason);
}
