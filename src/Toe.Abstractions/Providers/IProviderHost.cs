using Microsoft.Extensions.Logging;

namespace Toe;

/// <summary>What the stack lends a provider.</summary>
public interface IProviderHost
{
    /// <summary>Where to log.</summary>
    ILoggerFactory Logging { get; }

    /// <summary>The clock to use.</summary>
    TimeProvider Time { get; }

    /// <summary>Asks for another discovery: a device came or went. Any thread, returns at once.</summary>
    void RescanNeeded();
}
