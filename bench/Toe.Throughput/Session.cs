namespace Toe.Throughput;

/// <summary>One run of the program: how long its rows measure, and the network that they share.</summary>
/// <param name="quick">True only to see that everything works.</param>
/// <param name="pairs">The most pairs of a row; null for the row's own limit.</param>
/// <param name="stop">Ends the run.</param>
internal sealed class Session(bool quick, int? pairs, CancellationToken stop) : IAsyncDisposable
{
    private Lab? _lab;

    public bool IsQuick => quick;

    public CancellationToken Stop => stop;

    /// <summary>How long one side of a pair is measured.</summary>
    public TimeSpan Duration => TimeSpan.FromMilliseconds(quick ? 200 : 700);

    /// <summary>Passes before the first one that could count: the runtime compiles in tiers.</summary>
    public int WarmUps => quick ? 1 : 3;

    /// <summary>The namespaces, made when they are first needed.</summary>
    public async Task<Lab> LabAsync() => _lab ??= await Lab.CreateAsync();

    public PairLimits Limit(PairLimits limits)
    {
        if (quick)
            return limits with { Minimum = 2, Maximum = 2 };
        var most = pairs ?? limits.Maximum;
        return limits with { Minimum = Math.Min(limits.Minimum, most), Maximum = most };
    }

    /// <summary>How often a row without a reference is measured.</summary>
    public int Repetitions(int usual) => quick ? 2 : usual;

    public async ValueTask DisposeAsync()
    {
        if (_lab is not null)
            await _lab.DisposeAsync();
    }
}
