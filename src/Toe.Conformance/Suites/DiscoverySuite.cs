using System.Reflection;

namespace Toe.Conformance.Suites;

/// <summary>What a provider finds, and how it is found itself.</summary>
internal sealed class DiscoverySuite : Suite
{
    [Requirement("TOE-DISC-001", "A provider has a short name of lower-case letters and digits that does not change.", Source = "IToeProvider.Name", IsControlOnly = true)]
    public async Task Name_IsAShortWord()
    {
        var name = Bench.Provider.Name;
        Check.That(name is { Length: > 0 and <= 32 } && name.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter)), $"the name is '{name}'");
        await Bench.DiscoverAsync();
        Check.Equal(name, Bench.Provider.Name);
    }

    [Requirement("TOE-DISC-002", "Discovery that is repeated returns an adapter that was returned before as the same instance.", Source = "IToeProvider.DiscoverAsync", IsControlOnly = true)]
    public async Task Discovery_ReturnsTheSameInstances()
    {
        var again = await Bench.DiscoverAsync();
        foreach (var adapter in Bench.Discovery.Adapters)
            Check.That(again.Adapters.Contains(adapter, ReferenceEqualityComparer.Instance), $"{adapter.Identity.Id} is another instance, or gone, at the second discovery");
    }

    [Requirement("TOE-DISC-003", "No two adapters have the same id.", Source = "AdapterIdentity.Id", Covers = ["Discovery.Adapters"], IsControlOnly = true)]
    public Task Ids_AreDistinct()
    {
        var ids = Bench.Discovery.Adapters.Select(static adapter => adapter.Identity.Id).ToList();
        Check.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        return Task.CompletedTask;
    }

    [Requirement("TOE-DISC-004", "A device that was seen and not taken is named, with a reason.", Source = "Discovery.NotTaken", Covers = ["NotTaken.Device", "NotTaken.Reason"], IsControlOnly = true)]
    public Task NotTaken_IsNamedWithAReason()
    {
        foreach (var device in Bench.Discovery.NotTaken)
        {
            Check.That(!string.IsNullOrWhiteSpace(device.Device), "a device without a name");
            Check.That(!device.Reason.IsNone, $"{device.Device} was not taken without a reason");
        }

        return Task.CompletedTask;
    }

    [Requirement("TOE-DISC-005", "Discovery that is cancelled before it begins is either cancelled or complete, and does not hang.", Source = "IToeProvider.DiscoverAsync", IsControlOnly = true)]
    public async Task Discovery_HearsItsCancellation()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        try
        {
            Check.That(await Bench.Provider.DiscoverAsync(Bench, cancelled.Token) is not null, "discovery answered null");
        }
        catch (OperationCanceledException)
        {
            // The other right answer.
        }
    }

    [Requirement("TOE-DISC-006", "The provider's assembly names it, with the version of the contract that it was made for.", Source = "ToeProviderAttribute.Provider",
        Covers = ["ToeProviderAttribute.ContractMajor", "ToeProviderAttribute.ContractMinor"], Level = RequirementLevel.Should, IsControlOnly = true,
        HostDiffers = "host sockets are the kit's own, which is no provider's assembly")]
    public Task Assembly_NamesTheProvider()
    {
        var type = (Bench.Provider is BrokenProvider broken ? broken.Inner : Bench.Provider).GetType();
        var attribute = type.Assembly.GetCustomAttributes<ToeProviderAttribute>().FirstOrDefault(one => one.Provider == type);
        Check.That(attribute is not null, $"{type.Assembly.GetName().Name} has no [assembly: ToeProvider(typeof({type.Name}), …)]");
        Check.That(attribute!.ContractMajor == ContractVersion.Major && attribute.ContractMinor <= ContractVersion.Minor,
            $"it is made for contract {attribute.ContractMajor}.{attribute.ContractMinor}, and this is {ContractVersion.Major}.{ContractVersion.Minor}");
        return Task.CompletedTask;
    }

    [Requirement("TOE-DISC-007", "A provider can be disposed without ever having discovered anything, and twice.", Source = "IToeProvider.DisposeAsync", IsControlOnly = true)]
    public async Task Disposal_NeedsNoDiscovery_AndMayRepeat()
    {
        var other = await Bench.CreateProviderAsync();
        await other.DisposeAsync();
        await other.DisposeAsync();
    }

    [Requirement("TOE-DISC-008", "Discovery asks for no rescan by itself.", Source = "IProviderHost.RescanNeeded", Level = RequirementLevel.Should, IsControlOnly = true)]
    public async Task Discovery_DoesNotAskForItself()
    {
        var before = Bench.Rescans;
        await Bench.DiscoverAsync();
        Check.Equal(before, Bench.Rescans);
    }

    [Requirement("TOE-DISC-009", "Discovery answers with lists, and with no null in them.", Source = "Discovery.Adapters", Covers = ["Discovery.NotTaken"], IsControlOnly = true)]
    public Task Lists_AreWhole()
    {
        var (adapters, notTaken) = Bench.Discovery;
        Check.That(adapters is not null && notTaken is not null, "a list is null");
        Check.That(adapters!.All(static adapter => adapter is not null), "an adapter is null");
        return Task.CompletedTask;
    }
}
