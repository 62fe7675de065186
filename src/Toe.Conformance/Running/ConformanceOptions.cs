namespace Toe.Conformance;

/// <summary>How the kit runs.</summary>
public sealed record ConformanceOptions
{
    /// <summary>The seed of everything random. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How long one requirement may take before the provider is taken to hang. Real time. Default ten seconds.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>True makes a requirement fail for which the environment lacks something. Default false.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The command that runs the kit so, for the report. Default null: the report names the fixture and these options.</summary>
    public string? Command { get; init; }

    /// <summary>The day that waivers are held against. Default today, in UTC.</summary>
    public DateOnly Today { get; init; } = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
}
