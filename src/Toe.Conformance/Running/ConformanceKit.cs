namespace Toe.Conformance;

/// <summary>The provider conformance kit: tries the requirements of the contract on a provider.</summary>
public static class ConformanceKit
{
    /// <summary>All requirements, in the order in which they are tried.</summary>
    public static IReadOnlyList<Requirement> Requirements => RequirementCatalogue.All;

    /// <summary>Tries all requirements, or some.</summary>
    /// <param name="fixture">The provider and its peer.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="requirements">Which; null for all.</param>
    /// <param name="progress">Told of each result; null for nobody.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="OperationCanceledException">The run was ended.</exception>
    public static async Task<ConformanceReport> RunAsync(
        ConformanceFixture fixture, ConformanceOptions? options = null, IEnumerable<Requirement>? requirements = null,
        Action<RequirementResult>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fixture);
        options ??= new ConformanceOptions();
        var started = TimeProvider.System.GetUtcNow();
        var subject = await Attempt.DescribeAsync(fixture, options, cancellationToken);
        var results = new List<RequirementResult>();
        foreach (var requirement in subject.Adapter is null ? [] : requirements ?? Requirements)
        {
            var result = await TryAsync(requirement, fixture, options, cancellationToken);
            results.Add(result);
            progress?.Invoke(result);
        }

        return new ConformanceReport(subject, results) { Started = started, Duration = TimeProvider.System.GetUtcNow() - started, Options = options, Substrate = fixture.Substrate, Fixture = fixture.GetType().FullName ?? "" };
    }

    /// <summary>Tries one requirement. Whatever the provider does, the answer comes by the deadline.</summary>
    /// <param name="requirement">Which.</param>
    /// <param name="fixture">The provider and its peer.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OperationCanceledException">The attempt was ended.</exception>
    public static async Task<RequirementResult> TryAsync(
        Requirement requirement, ConformanceFixture fixture, ConformanceOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requirement);
        ArgumentNullException.ThrowIfNull(fixture);
        options ??= new ConformanceOptions();
        var started = TimeProvider.System.GetTimestamp();
        var (outcome, detail) = await new Attempt(requirement, fixture, options).RunAsync(cancellationToken);
        return new RequirementResult(requirement, outcome, detail, options.Seed, TimeProvider.System.GetElapsedTime(started));
    }
}
