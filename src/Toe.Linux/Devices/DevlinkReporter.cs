namespace Toe.Linux;

/// <summary>A health reporter of a device (DEVLINK_CMD_HEALTH_REPORTER_GET). Source: linux/devlink.h.</summary>
/// <param name="Bus">The bus of its device.</param>
/// <param name="Device">The name of its device there.</param>
/// <param name="Name">Its own name, such as <c>fw</c> or <c>tx</c>.</param>
public sealed record DevlinkReporter(string Bus, string Device, string Name)
{
    /// <summary>True while it reports no error.</summary>
    public bool IsHealthy { get; init; }

    /// <summary>Errors it has reported.</summary>
    public long Errors { get; init; }

    /// <summary>Recoveries that succeeded.</summary>
    public long Recoveries { get; init; }
}
