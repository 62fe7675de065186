namespace Toe;

/// <summary>Names an assembly's provider and the contract version it was built against. Read before the first call into the assembly: another major version is a reason, not a crash.</summary>
/// <param name="provider">A type that implements <see cref="IToeProvider"/> and has a public parameterless constructor.</param>
/// <param name="contractMajor">Use <see cref="ContractVersion.Major"/>, which the compiler writes into the assembly.</param>
/// <param name="contractMinor">Use <see cref="ContractVersion.Minor"/>, which the compiler writes into the assembly.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ToeProviderAttribute(Type provider, int contractMajor, int contractMinor) : Attribute
{
    /// <summary>The provider's type.</summary>
    public Type Provider => provider;

    /// <summary>The major version the assembly was built against.</summary>
    public int ContractMajor => contractMajor;

    /// <summary>The minor version the assembly was built against.</summary>
    public int ContractMinor => contractMinor;
}
