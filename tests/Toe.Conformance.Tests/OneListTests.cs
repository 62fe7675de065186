using Toe.Testing;

namespace Toe.Conformance.Tests;

/// <summary>Requirements on providers and on the stack are one list: an id means one thing.</summary>
public sealed class OneListTests
{
    [Fact]
    public void StacksIds_AreNoProviders()
    {
        var groups = ConformanceKit.Requirements.Select(static requirement => requirement.Id[..8]).ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(StackRequirements.All);
        Assert.DoesNotContain(StackRequirements.All, requirement => groups.Contains(requirement.Id[..8]));
    }
}
