using System.Reflection;
using System.Text.RegularExpressions;
using Toe.Testing;

namespace Toe.Core.Tests.Requirements;

/// <summary>The list of what is demanded of the stack and the tests that prove it say the same.</summary>
public sealed partial class StackRequirementTests
{
    private static readonly List<(string Id, MethodInfo Test)> Proofs =
    [
        .. from type in typeof(StackRequirementTests).Assembly.GetTypes()
           from method in type.GetMethods()
           from trait in method.GetCustomAttributes<TraitAttribute>()
           where trait.Name == StackRequirements.Trait
           select (trait.Value, method),
    ];

    [Fact]
    public void Ids_AreDistinct_AndNameTheirGroup()
    {
        Assert.Equal(StackRequirements.All.Count, StackRequirements.All.Select(static requirement => requirement.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.All(StackRequirements.All, static requirement => Assert.Matches(Id(), requirement.Id));
        var groups = StackRequirements.All.Select(static requirement => (requirement.Group, requirement.Id[..8])).Distinct().ToList();
        Assert.Equal(groups.Count, groups.Select(static pair => pair.Group).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(groups.Count, groups.Select(static pair => pair.Item2).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void EveryRequirement_IsProvenByATest() =>
        Assert.Equal([], StackRequirements.All.Select(static requirement => requirement.Id).Except(Proofs.Select(static proof => proof.Id), StringComparer.Ordinal));

    [Fact]
    public void EveryProof_IsATestThatRuns_AndNamesARequirement()
    {
        var ids = StackRequirements.All.Select(static requirement => requirement.Id).ToHashSet(StringComparer.Ordinal);
        Assert.Equal([], Proofs.Where(proof => !ids.Contains(proof.Id)).Select(Named));
        Assert.Equal([], Proofs.Where(static proof => proof.Test.GetCustomAttributes().OfType<FactAttribute>().SingleOrDefault() is not { Skip: null }).Select(Named));
        Assert.Equal([], Proofs.GroupBy(Named, StringComparer.Ordinal).Where(static same => same.Count() > 1).Select(static same => same.Key));

        static string Named((string Id, MethodInfo Test) proof) => $"{proof.Test.DeclaringType!.Name}.{proof.Test.Name}: {proof.Id}";
    }

    [Fact]
    public void Requirements_AreSentences_ThatStandOnSomething()
    {
        var types = new[] { typeof(IToeStack), typeof(ToeStack) }.SelectMany(static type => type.Assembly.GetExportedTypes()).ToLookup(static type => type.Name, StringComparer.Ordinal);
        var reasons = ToeReasons.All.Select(static reason => reason.Name).ToHashSet(StringComparer.Ordinal);
        Assert.All(StackRequirements.All, requirement => Assert.Matches(Sentence(), requirement.Text));
        Assert.All(StackRequirements.All, requirement => Assert.True(IsKnown(requirement.Source), $"'{requirement.Source}' is no public member, no reason and no RFC's clause"));

        bool IsKnown(string source) => Clause().IsMatch(source) || reasons.Contains(source)
            || (source.Split('.') is [var name, var member] && types[name].Any(type => type.GetMember(member).Length > 0));
    }

    [GeneratedRegex("^TOE-[A-Z]{4}-[0-9]{3}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Id();

    [GeneratedRegex(@"^[A-Z][^|\n]*[^.|\n]\.$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Sentence();

    [GeneratedRegex(@"^RFC [0-9]+ §[0-9.]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Clause();
}
