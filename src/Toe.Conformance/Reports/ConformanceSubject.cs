namespace Toe.Conformance;

/// <summary>Who was tried.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="ProviderVersion">The version of its assembly.</param>
/// <param name="Adapter">The adapter; null when there was none.</param>
/// <param name="Status">How it was; null when there was none.</param>
public sealed record ConformanceSubject(string Provider, string ProviderVersion, AdapterIdentity? Adapter, AdapterStatus? Status)
{
    /// <summary>Why there was no adapter; empty when there was one.</summary>
    public string Missing { get; init; } = "";

    internal static ConformanceSubject Of(IToeProvider provider, IToeAdapter adapter)
    {
        var assembly = provider.GetType().Assembly.GetName();
        return new ConformanceSubject(provider.Name, $"{assembly.Name} {assembly.Version}", adapter.Identity, adapter.Status);
    }

    internal static ConformanceSubject Unknown(string why) => new("", "", null, null) { Missing = why };
}
