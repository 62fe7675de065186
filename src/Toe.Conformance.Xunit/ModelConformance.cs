using Xunit;

namespace Toe.Conformance.Xunit;

/// <summary>The suite Model: random histories of a connection, against a small model of what each step must do.</summary>
/// <typeparam name="TFixture">The vendor's fixture.</typeparam>
public abstract class ModelConformance<TFixture> : SuiteConformance<TFixture>
    where TFixture : ConformanceFixture, new()
{
    /// <summary>The ids of the suite's requirements.</summary>
    public static TheoryData<string> Requirements => IdsOf("Model");

    /// <summary>Tries one of them.</summary>
    /// <param name="id">Its id.</param>
    [Theory]
    [MemberData(nameof(Requirements))]
    public Task Requirement(string id) => TryAsync(id);
}
