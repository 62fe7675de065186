namespace Toe;

/// <summary>The version of the provider contract. A provider works with the major version it was built against, and with any minor version from its own upwards.</summary>
public static class ContractVersion
{
    /// <summary>Changes when a provider must change.</summary>
    public const int Major = 1;

    /// <summary>Changes when a provider may use more.</summary>
    public const int Minor = 0;
}
