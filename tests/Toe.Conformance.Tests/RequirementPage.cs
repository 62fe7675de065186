using System.Globalization;
using System.Text;
using Toe.Testing;

namespace Toe.Conformance.Tests;

/// <summary>The page of all requirements, <c>docs/conformance.md</c>.</summary>
internal static class RequirementPage
{
    public static string Write(IReadOnlyList<Requirement> requirements, IReadOnlyList<BrokenVariant> broken)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Conformance

            What the contract demands of a provider: {requirements.Count} requirements, which the kit `Toe.Conformance` tries on any of them. This page is written from the code
            (`TOE_REGENERATE=1 dotnet test --project tests/Toe.Conformance.Tests -c Release`) and compared with it by a test. What is demanded of [the stack](#the-stack) follows them:
            {StackRequirements.All.Count} requirements, proven by the repository's own tests.

            A requirement comes to *Pass*; *PassByRefusal*, where the adapter declares that it cannot and refuses with a documented reason; *Fail*; *UnderDeclared*, where it works though it is
            declared not to; *Waived*, where it fails and a waiver says why, with a link and the day it ends; *Warning*, where it fails and is no MUST; *Skipped*, where the environment lacks
            something (a failure when strict); *NotExercised*, where there is no data path.

            "Found by" counts the broken providers ({broken.Count} in all) that must turn the requirement red. "Host" says in what a host's own sockets rightly differ.

            """);
        foreach (var suite in requirements.GroupBy(static requirement => requirement.Suite))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {suite.Key}\n\n| Id | Level | What | Stands on | Needs | Found by | Host |\n|---|---|---|---|---|---|---|\n");
            foreach (var requirement in suite)
            {
                var found = broken.Count(variant => variant.Breaks.Contains(requirement.Id));
                page.Append(CultureInfo.InvariantCulture, $"| {requirement.Id} | {requirement.Level.ToString().ToUpperInvariant()} | {requirement.Text} | {requirement.Source} ")
                    .Append(CultureInfo.InvariantCulture, $"| {(requirement.Needs == AdapterFeatures.None ? "" : requirement.Needs)} | {(found > 0 ? found : "")} | {requirement.HostDiffers} |\n");
            }
        }

        page.Append("""

            ## The stack

            What is demanded of the stack itself, whichever providers it has. Each is proven by the tests of `tests/Toe.Core.Tests` that name it in a trait; those of one requirement run with
            `dotnet test --project tests/Toe.Core.Tests -c Release --filter-trait "Requirement=TOE-POLI-001"`.

            """);
        foreach (var group in StackRequirements.All.GroupBy(static requirement => requirement.Group, StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n### {group.Key}\n\n| Id | What | Stands on |\n|---|---|---|\n");
            foreach (var requirement in group)
                page.Append(CultureInfo.InvariantCulture, $"| {requirement.Id} | {requirement.Text} | {requirement.Source} |\n");
        }

        page.Append("\n## Requirements that no broken provider reaches\n\n| Id | Why |\n|---|---|\n");
        foreach (var (id, why) in Unreached.Reasons)
            page.Append(CultureInfo.InvariantCulture, $"| {id} | {why} |\n");
        page.Append("\n## The contract, member by member\n\n| Member | Requirements |\n|---|---|\n");
        foreach (var (member, ids) in Coverage.Members())
            page.Append(CultureInfo.InvariantCulture, $"| {member} | {(ids.Count > 0 ? string.Join(", ", ids) : $"none: {Coverage.Uncovered.GetValueOrDefault(member)}")} |\n");
        page.Append("\n## Reasons\n\n| Reason | Requirements | Provoked by |\n|---|---|---|\n");
        foreach (var (name, ids, test) in Coverage.Reasons())
            page.Append(CultureInfo.InvariantCulture, $"| {name} | {string.Join(", ", ids)} | {(Coverage.Unprovoked.TryGetValue(name, out var why) ? $"nothing: {why}" : test)} |\n");
        return page.ToString();
    }
}
