using Xunit;

namespace Toe.Conformance.Xunit;

/// <summary>The suite Lifetime: everything can end in any order, and nothing is left.</summary>
/// <typeparam name="TFixture">The vendor's fixture.</typeparam>
public abstract class LifetimeConformance<TFixture> : SuiteConformance<TFixture>
    where TFixture : ConformanceFixture, new()
{
    /// <summary>The ids of the suite's requirements.</summary>
    public static TheoryData<string> Requirements => IdsOf("Lifetime");

    /// <summary>Tries one of them.</summary>
    /// <param name="id">Its id.</param>
    [Theory]
    [MemberData(nameof(Requirements))]
    public Task Requirement(string id) => TryAsync(id);
}
