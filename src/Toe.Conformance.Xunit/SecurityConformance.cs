using Xunit;

namespace Toe.Conformance.Xunit;

/// <summary>The suite Security: nobody gets what is another's.</summary>
/// <typeparam name="TFixture">The vendor's fixture.</typeparam>
public abstract class SecurityConformance<TFixture> : SuiteConformance<TFixture>
    where TFixture : ConformanceFixture, new()
{
    /// <summary>The ids of the suite's requirements.</summary>
    public static TheoryData<string> Requirements => IdsOf("Security");

    /// <summary>Tries one of them.</summary>
    /// <param name="id">Its id.</param>
    [Theory]
    [MemberData(nameof(Requirements))]
    public Task Requirement(string id) => TryAsync(id);
}
