namespace Toe;

/// <summary>Names an assembly's provider; the part of the contract that never changes.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ToeProviderAttribute(Type provider, int contractMajor, int contractMinor) : Attribute
{
    public Type Provider => provider;

    public int ContractMajor => contractMajor;

    public int ContractMinor => contractMinor;
}
