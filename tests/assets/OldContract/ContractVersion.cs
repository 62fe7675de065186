namespace Toe;

/// <summary>The version of this older contract.</summary>
public static class ContractVersion
{
    public const int Major = 0;

    public const int Minor = 9;
}
