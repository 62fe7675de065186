using Microsoft.Extensions.Logging;

namespace Toe;

/// <summary>Log messages about the configuration: 1150 to 1199.</summary>
internal static partial class ConfigurationLog
{
    [LoggerMessage(1150, LogLevel.Information, "The configuration section Toe was read again.")]
    public static partial void ConfigurationReloaded(this ILogger logger);

    [LoggerMessage(1151, LogLevel.Error, "The new configuration is wrong; the one before stays in force. {Error}")]
    public static partial void ConfigurationRefused(this ILogger logger, string error);
}
