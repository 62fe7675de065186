using Microsoft.Extensions.Logging;

namespace Toe.Firmware;

/// <summary>Log messages about firmware: 1200 to 1299.</summary>
internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Information, "The firmware catalogue is now {Catalogue}, with {Count} entries.")]
    public static partial void CatalogueReplaced(this ILogger logger, string catalogue, int count);

    [LoggerMessage(1201, LogLevel.Error, "The firmware catalogue stays as it was. {Error}")]
    public static partial void CatalogueRefused(this ILogger logger, string error);

    [LoggerMessage(1202, LogLevel.Warning, "The conformance report {Path} proves nothing. {Why}")]
    public static partial void ReportProvesNothing(this ILogger logger, string path, string why);

    [LoggerMessage(1203, LogLevel.Information, "Conformance reports now prove {Count} adapters with their firmware.")]
    public static partial void ProofsReplaced(this ILogger logger, int count);
}
