namespace Toe.Conformance.Suites;

/// <summary>What an adapter says of its firmware, which is judged before anything is offloaded.</summary>
internal sealed class FirmwareSuite : Suite
{
    [Requirement("TOE-FIRM-001", "Where there is no text of the firmware's version there is no version.", Source = "AdapterStatus.Firmware", Covers = ["AdapterStatus.FirmwareText"], IsControlOnly = true)]
    public Task Version_NeedsAText()
    {
        var status = Adapter.Status;
        Check.That(status.FirmwareText is not null || status.Firmware is null, $"the version is {status.Firmware}, and there is no text that it was read from");
        return Task.CompletedTask;
    }

    [Requirement("TOE-FIRM-002", "The text of the version is not blank: an adapter that reports none says null.", Source = "AdapterStatus.FirmwareText", IsControlOnly = true)]
    public Task Text_IsNotBlank()
    {
        Check.That(Adapter.Status.FirmwareText is not { } text || !string.IsNullOrWhiteSpace(text), "the text is blank");
        return Task.CompletedTask;
    }

    [Requirement("TOE-FIRM-003", "Parts of the firmware have distinct names, and versions only with a text.", Source = "AdapterStatus.FirmwareParts",
        Covers = ["FirmwarePart.Name", "FirmwarePart.Text", "FirmwarePart.Version"], IsControlOnly = true)]
    public Task Parts_AreNamed()
    {
        var parts = Adapter.Status.FirmwareParts;
        Check.That(parts is not null, "the parts are null");
        Check.Equal(parts!.Count, parts.Select(static part => part.Name).Distinct(StringComparer.Ordinal).Count());
        foreach (var part in parts)
            Check.That(!string.IsNullOrWhiteSpace(part.Name) && (part.Text is not null || part.Version is null), $"'{part.Name}' has the version {part.Version}, and no text");
        return Task.CompletedTask;
    }

    [Requirement("TOE-FIRM-004", "The firmware that is reported stays the same while nobody flashes it.", Source = "AdapterStatus.FirmwareText", Covers = ["IToeAdapter.RefreshAsync"], IsControlOnly = true)]
    public async Task Firmware_Stays()
    {
        var (text, version) = (Adapter.Status.FirmwareText, Adapter.Status.Firmware);
        var refreshed = await Adapter.RefreshAsync(Stop);
        Check.Equal(text, refreshed.FirmwareText);
        Check.Equal(version, refreshed.Firmware);
    }

    [Requirement("TOE-FIRM-005", "Firmware that is flashed under the running program is what the next refresh reports, and the stack is told.", Source = "AdapterStatus.FirmwareText",
        Covers = ["IToeAdapter.RefreshAsync", "IAdapterEvents.StatusChanged", "AdapterStatus.Firmware"])]
    public async Task Flashed_IsReported()
    {
        var before = Adapter.Status.FirmwareText;
        if (!Bench.Faults().CanBeFlashed)
            throw new NotOfferedException("its firmware does not change under a running program");
        var flashed = await Bench.Faults().TryFlashAsync(Stop) ?? throw new NotHereException("this fixture can flash nothing");
        Check.That(flashed != before, "the fixture flashed what was there");
        Check.Equal(flashed, (await Adapter.RefreshAsync(Stop)).FirmwareText);
        Check.Equal(flashed, Adapter.Status.FirmwareText);
        await Bench.UntilAsync(() => Bench.AdapterEvents.Statuses.Any(status => status.FirmwareText == flashed), "nobody was told");
    }
}
