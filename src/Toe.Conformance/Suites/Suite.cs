namespace Toe.Conformance.Suites;

/// <summary>Requirements of one kind. A suite is made anew for each of them, with a bench of its own.</summary>
internal abstract class Suite
{
    public Bench Bench { get; init; } = null!;

    protected IToeAdapter Adapter => Bench.Adapter;

    protected CancellationToken Stop => Bench.Stop;
}
