using System.Globalization;
using System.Runtime.InteropServices;

namespace Toe.Conformance;

/// <summary>Where a run took place.</summary>
internal static class ReportEnvironment
{
    public static IReadOnlyList<(string Key, string Value)> Read() =>
    [
        ("system", RuntimeInformation.OSDescription),
        ("kernel", Environment.OSVersion.VersionString),
        ("architecture", RuntimeInformation.OSArchitecture.ToString()),
        ("runtime", RuntimeInformation.FrameworkDescription),
        ("processors", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)),
        ("kit", typeof(ReportEnvironment).Assembly.GetName().Version?.ToString() ?? ""),
        ("contract", $"{ContractVersion.Major}.{ContractVersion.Minor}"),
    ];
}
