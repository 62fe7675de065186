using Xunit;

namespace Toe.Conformance.Xunit;

/// <summary>The suite Info: what an adapter tells about a connection.</summary>
/// <typeparam name="TFixture">The vendor's fixture.</typeparam>
public abstract class InfoConformance<TFixture> : SuiteConformance<TFixture>
    where TFixture : ConformanceFixture, new()
{
    /// <summary>The ids of the suite's requirements.</summary>
    public static TheoryData<string> Requirements => IdsOf("Info");

    /// <summary>Tries one of them.</summary>
    /// <param name="id">Its id.</param>
    [Theory]
    [MemberData(nameof(Requirements))]
    public Task Requirement(string id) => TryAsync(id);
}
