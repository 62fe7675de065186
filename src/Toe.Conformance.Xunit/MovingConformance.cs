using Xunit;

namespace Toe.Conformance.Xunit;

/// <summary>The suite Moving: connections that leave for another adapter, and come from one.</summary>
/// <typeparam name="TFixture">The vendor's fixture.</typeparam>
public abstract class MovingConformance<TFixture> : SuiteConformance<TFixture>
    where TFixture : ConformanceFixture, new()
{
    /// <summary>The ids of the suite's requirements.</summary>
    public static TheoryData<string> Requirements => IdsOf("Moving");

    /// <summary>Tries one of them.</summary>
    /// <param name="id">Its id.</param>
    [Theory]
    [MemberData(nameof(Requirements))]
    public Task Requirement(string id) => TryAsync(id);
}
