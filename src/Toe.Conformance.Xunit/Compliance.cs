using Xunit;

namespace Toe.Conformance.Xunit;

/// <summary>Fails while a suite has no class of its own in the vendor's assembly: what is not derived is not run, and must not look green.</summary>
/// <typeparam name="TFixture">The vendor's fixture.</typeparam>
public abstract class Compliance<TFixture>
    where TFixture : ConformanceFixture, new()
{
    /// <summary>Every suite's base class is derived from, with this fixture.</summary>
    [Fact]
    public void Suites_AreAllDerived()
    {
        var derived = GetType().Assembly.GetTypes().Where(static type => !type.IsAbstract).SelectMany(Bases).ToHashSet();
        var missing = typeof(Compliance<>).Assembly.GetTypes()
            .Where(static type => type is { IsAbstract: true, IsGenericTypeDefinition: true } && type.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(SuiteConformance<>))
            .Where(suite => !derived.Contains(suite.MakeGenericType(typeof(TFixture))))
            .Select(static suite => suite.Name.Split('`')[0]).ToList();
        Assert.True(missing.Count == 0, $"No class of {GetType().Assembly.GetName().Name} derives, with {typeof(TFixture).Name}, from {string.Join(", ", missing)}");
    }

    /// <summary>Every suite of the kit has a base class here.</summary>
    [Fact]
    public void Suites_AllHaveABaseClass()
    {
        var known = typeof(Compliance<>).Assembly.GetTypes().Select(static type => type.Name.Split('`')[0]).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(ConformanceKit.Requirements.Select(static requirement => requirement.Suite + "Conformance").Distinct(StringComparer.Ordinal).Where(name => !known.Contains(name)));
    }

    private static IEnumerable<Type> Bases(Type type)
    {
        for (var current = type.BaseType; current is not null; current = current.BaseType)
            yield return current;
    }
}
