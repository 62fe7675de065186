using Xunit;

namespace Toe.Conformance.Xunit;

/// <summary>The suite Lending: buffers that are used in place are the same streams.</summary>
/// <typeparam name="TFixture">The vendor's fixture.</typeparam>
public abstract class LendingConformance<TFixture> : SuiteConformance<TFixture>
    where TFixture : ConformanceFixture, new()
{
    /// <summary>The ids of the suite's requirements.</summary>
    public static TheoryData<string> Requirements => IdsOf("Lending");

    /// <summary>Tries one of them.</summary>
    /// <param name="id">Its id.</param>
    [Theory]
    [MemberData(nameof(Requirements))]
    public Task Requirement(string id) => TryAsync(id);
}
