using Xunit;

namespace Toe.Conformance.Xunit;

/// <summary>The suite Performance: what one connection gives, for the report.</summary>
/// <typeparam name="TFixture">The vendor's fixture.</typeparam>
public abstract class PerformanceConformance<TFixture> : SuiteConformance<TFixture>
    where TFixture : ConformanceFixture, new()
{
    /// <summary>The ids of the suite's requirements.</summary>
    public static TheoryData<string> Requirements => IdsOf("Performance");

    /// <summary>Tries one of them.</summary>
    /// <param name="id">Its id.</param>
    [Theory]
    [MemberData(nameof(Requirements))]
    public Task Requirement(string id) => TryAsync(id);
}
