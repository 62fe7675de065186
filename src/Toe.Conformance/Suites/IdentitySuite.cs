namespace Toe.Conformance.Suites;

/// <summary>What an adapter is.</summary>
internal sealed class IdentitySuite : Suite
{
    [Requirement("TOE-IDEN-001", "The id begins with the provider's name and a colon.", Source = "AdapterIdentity.Id", Covers = ["IToeAdapter.Identity"], IsControlOnly = true)]
    public Task Id_BeginsWithTheProvider()
    {
        var id = Adapter.Identity.Id;
        Check.That(id.StartsWith(Bench.Provider.Name + ":", StringComparison.Ordinal) && id.Length > Bench.Provider.Name.Length + 1, $"the id is '{id}'");
        return Task.CompletedTask;
    }

    [Requirement("TOE-IDEN-002", "The identity names the provider.", Source = "AdapterIdentity.Provider", IsControlOnly = true)]
    public Task Provider_IsNamed()
    {
        Check.Equal(Bench.Provider.Name, Adapter.Identity.Provider);
        return Task.CompletedTask;
    }

    [Requirement("TOE-IDEN-003", "The identity names a product: the firmware catalogue is keyed by it.", Source = "AdapterIdentity.Model", IsControlOnly = true)]
    public Task Model_IsNamed()
    {
        Check.That(!string.IsNullOrWhiteSpace(Adapter.Identity.Model), "there is no model");
        return Task.CompletedTask;
    }

    [Requirement("TOE-IDEN-004", "The identity says what its claims stand on.", Source = "AdapterIdentity.Evidence", Covers = ["EvidenceLevel.E0", "EvidenceLevel.E1", "EvidenceLevel.E2", "EvidenceLevel.E3"], IsControlOnly = true)]
    public Task Evidence_IsAKnownLevel()
    {
        Check.That(Enum.IsDefined(Adapter.Identity.Evidence), $"the evidence is {Adapter.Identity.Evidence}");
        return Task.CompletedTask;
    }

    [Requirement("TOE-IDEN-005", "The identity stays the same through a refresh and another discovery.", Source = "IToeAdapter.Identity", IsControlOnly = true)]
    public async Task Identity_Stays()
    {
        var before = Adapter.Identity;
        await Adapter.RefreshAsync(Stop);
        await Bench.DiscoverAsync();
        Check.Equal(before, Adapter.Identity with { Interfaces = before.Interfaces });
        Check.That(before.Interfaces.SequenceEqual(Adapter.Identity.Interfaces, StringComparer.Ordinal), "the interfaces changed");
    }

    [Requirement("TOE-IDEN-006", "The place and the interfaces may be unknown, and are never null.", Source = "AdapterIdentity.Location", Covers = ["AdapterIdentity.Interfaces"], IsControlOnly = true)]
    public Task Place_IsNeverNull()
    {
        Check.That(Adapter.Identity.Location is not null, "the location is null");
        Check.That(Adapter.Identity.Interfaces is not null && Adapter.Identity.Interfaces.All(static name => !string.IsNullOrEmpty(name)), "the interfaces are null, or one is without a name");
        return Task.CompletedTask;
    }

    [Requirement("TOE-IDEN-007", "Another provider finds the same adapter under the same id.", Source = "AdapterIdentity.Id", IsControlOnly = true)]
    public async Task Id_IsTheDevices()
    {
        var other = await Bench.CreateProviderAsync();
        var found = await other.DiscoverAsync(Bench, Stop);
        var isThere = found.Adapters.Any(adapter => adapter.Identity.Id == Adapter.Identity.Id) || found.NotTaken.Count > 0; // Only one may have the device.
        foreach (var adapter in found.Adapters)
            await adapter.DisposeAsync();
        await other.DisposeAsync();
        Check.That(isThere, $"{Adapter.Identity.Id} is not there");
    }
}
