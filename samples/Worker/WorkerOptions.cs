namespace Worker;

/// <summary>The section <c>Worker</c> of appsettings.json.</summary>
internal sealed class WorkerOptions
{
    /// <summary>How many rounds there are.</summary>
    public int Rounds { get; set; }

    /// <summary>The time between two rounds.</summary>
    public TimeSpan Pause { get; set; }
}
