namespace Toe.Conformance;

/// <summary>Who was tried.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="ProviderVersion">The version of its assembly.</param>
/// <param name="Adapter">The adapter; null when there was none.</param>
/// <param name="Status">How it was; null when there was none.</param>
public sealed record ConformanceSubject(string Provider, string ProviderVersion, AdapterIdentity? Adapter, AdapterStatus? Status)
{
    /// <summary>The drivers of its interfaces on this machine, each with its version where it tells one; empty on a machine that is played back.</summary>
    public IReadOnlyList<string> Drivers { get; init; } = [];

    /// <summary>What it notes about itself (<see cref="IReportsNotes"/>).</summary>
    public IReadOnlyList<AdapterNote> Notes { get; init; } = [];

    /// <summary>Why there was no adapter; empty when there was one.</summary>
    public string Missing { get; init; } = "";

    internal static ConformanceSubject Of(IToeProvider provider, IToeAdapter adapter, bool isReplayed)
    {
        var assembly = provider.GetType().Assembly.GetName();
        return new ConformanceSubject(provider.Name, $"{assembly.Name} {assembly.Version}", adapter.Identity, adapter.Status)
        {
            Drivers = isReplayed ? [] : [.. (adapter.Identity.Interfaces ?? []).Select(static name => InterfaceDriver.Of(name) is { } driver ? $"{name}: {driver}" : null).OfType<string>()],
            Notes = (adapter as IReportsNotes)?.Notes ?? [],
        };
    }

    internal static ConformanceSubject Unknown(string why) => new("", "", null, null) { Missing = why };
}
