using Toe.WebProbe;

namespace Toe.AspNetCore.Tests.Rows;

/// <summary>One way to carry the suite: where the site runs, and how clients reach it.</summary>
public abstract class Row
{
    /// <summary>All rows, by name.</summary>
    private static readonly Dictionary<string, Row> All = new(StringComparer.Ordinal)
    {
        ["KestrelSockets"] = new LocalRow("sockets", adapterId: null),
        ["HostStack"] = new LocalRow("host", adapterId: null),
        ["Fabric"] = new LocalRow("fabric", "emulated:fabric"),
        ["Tap"] = new TapRow(),
        ["Interface"] = new InterfaceRow(),
    };

    /// <summary>The rows of a theory.</summary>
    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>The adapter that must carry its connections; null when none may.</summary>
    public abstract string? AdapterId { get; }

    /// <summary>The row of a name.</summary>
    public static Row Of(string name) => All[name];

    /// <summary>Starts a site.</summary>
    /// <param name="settings">Its limits; the row chooses transport and address.</param>
    public abstract Task<RunningSite> StartAsync(SiteSettings settings);
}
