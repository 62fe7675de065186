using Xunit;

namespace Toe.Conformance.Xunit;

/// <summary>The suite Connect: a connect sends the SYN and says how it ended, once.</summary>
/// <typeparam name="TFixture">The vendor's fixture.</typeparam>
public abstract class ConnectConformance<TFixture> : SuiteConformance<TFixture>
    where TFixture : ConformanceFixture, new()
{
    /// <summary>The ids of the suite's requirements.</summary>
    public static TheoryData<string> Requirements => IdsOf("Connect");

    /// <summary>Tries one of them.</summary>
    /// <param name="id">Its id.</param>
    [Theory]
    [MemberData(nameof(Requirements))]
    public Task Requirement(string id) => TryAsync(id);
}
