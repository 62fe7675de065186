using Toe;

[assembly: ToeProvider(typeof(Acme.Offload.OldProvider), ContractVersion.Major, ContractVersion.Minor)]

namespace Acme.Offload;

/// <summary>Another vendor's provider, built against the older contract. Its code must never run.</summary>
public sealed class OldProvider : IToeProvider
{
    public OldProvider() => File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "old-provider-ran"), "");

    public int CountCards() => 1;
}
