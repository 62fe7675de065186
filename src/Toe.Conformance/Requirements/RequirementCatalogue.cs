using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Toe.Conformance.Suites;

namespace Toe.Conformance;

/// <summary>All requirements, in the order of their suites.</summary>
internal static class RequirementCatalogue
{
    public static IReadOnlyList<Requirement> All { get; } =
    [
        .. Of<DiscoverySuite>(), .. Of<IdentitySuite>(), .. Of<StatusSuite>(), .. Of<FirmwareSuite>(), .. Of<CapabilitySuite>(),
        .. Of<OpenSuite>(), .. Of<ConnectSuite>(), .. Of<ListenSuite>(), .. Of<StreamSuite>(), .. Of<IntegritySuite>(), .. Of<CloseSuite>(),
        .. Of<ReadinessSuite>(), .. Of<BackPressureSuite>(), .. Of<InfoSuite>(), .. Of<BudgetSuite>(), .. Of<HealthSuite>(), .. Of<MovingSuite>(), .. Of<CaptureSuite>(),
        .. Of<LendingSuite>(), .. Of<ModelSuite>(), .. Of<LifetimeSuite>(), .. Of<SecuritySuite>(), .. Of<PerformanceSuite>(),
    ];

    private static IEnumerable<Requirement> Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicMethods)] TSuite>()
        where TSuite : Suite, new()
    {
        var name = typeof(TSuite).Name[..^"Suite".Length];
        foreach (var method in typeof(TSuite).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
        {
            foreach (var marked in method.GetCustomAttributes<RequirementAttribute>())
            {
                var call = method.CreateDelegate<Func<TSuite, Task>>();
                yield return new Requirement(marked.Id, name, marked.Level, marked.Text, marked.Source)
                {
                    Covers = [.. marked.Source.Contains('.', StringComparison.Ordinal) ? new[] { marked.Source } : [], .. marked.Covers],
                    Needs = marked.Needs,
                    IsControlOnly = marked.IsControlOnly,
                    HasSmallTables = marked.HasSmallTables,
                    HostDiffers = marked.HostDiffers,
                    Try = bench => call(new TSuite { Bench = bench }),
                };
            }
        }
    }
}
