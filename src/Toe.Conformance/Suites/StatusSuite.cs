namespace Toe.Conformance.Suites;

/// <summary>What an adapter says of itself, and how.</summary>
internal sealed class StatusSuite : Suite
{
    [Requirement("TOE-STAT-001", "There is a status from the beginning on.", Source = "IToeAdapter.Status", IsControlOnly = true)]
    public Task Status_IsThere()
    {
        Check.That(Adapter.Status is not null, "the status is null");
        return Task.CompletedTask;
    }

    [Requirement("TOE-STAT-002", "The status is a snapshot: read again and again it costs next to nothing.", Source = "IToeAdapter.Status", IsControlOnly = true)]
    public Task Status_IsCheap()
    {
        const int Readings = 10_000;
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 1; i <= Readings; i++)
        {
            _ = Adapter.Status;
            var took = TimeProvider.System.GetElapsedTime(started);
            Check.That(took < TimeSpan.FromSeconds(1), $"{i} readings took {took.TotalMilliseconds:0} ms: the card must not be asked for each");
        }

        return Task.CompletedTask;
    }

    [Requirement("TOE-STAT-003", "A refresh answers with what the status is from then on.", Source = "IToeAdapter.RefreshAsync", IsControlOnly = true)]
    public async Task Refresh_RenewsTheStatus()
    {
        var refreshed = await Adapter.RefreshAsync(Stop);
        Check.That(refreshed is not null, "the refresh answered null");
        Check.Equal(refreshed!.Health, Adapter.Status.Health);
        Check.Equal(refreshed.FirmwareText, Adapter.Status.FirmwareText);
    }

    [Requirement("TOE-STAT-004", "A refresh that is cancelled before it begins is cancelled or complete, and does not hang.", Source = "IToeAdapter.RefreshAsync", IsControlOnly = true)]
    public async Task Refresh_HearsItsCancellation()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        try
        {
            await Adapter.RefreshAsync(cancelled.Token);
        }
        catch (OperationCanceledException)
        {
            // The other right answer.
        }

        await Adapter.RefreshAsync(Stop); // The next one is none the worse.
    }

    [Requirement("TOE-STAT-005", "Refreshes at the same time do not disturb one another.", Source = "IToeAdapter.RefreshAsync", IsControlOnly = true)]
    public async Task Refreshes_MayMeet()
    {
        var all = await Task.WhenAll([.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await Adapter.RefreshAsync(Stop)))]);
        Check.That(all.All(static status => status is not null), "one answered null");
    }

    [Requirement("TOE-STAT-006", "The health is one of those that the contract knows.", Source = "AdapterStatus.Health",
        Covers = ["AdapterHealth.Healthy", "AdapterHealth.Degraded", "AdapterHealth.Recovering", "AdapterHealth.Failed", "AdapterHealth.Removed"], IsControlOnly = true)]
    public Task Health_IsKnown()
    {
        Check.That(Enum.IsDefined(Adapter.Status.Health), $"the health is {Adapter.Status.Health}");
        return Task.CompletedTask;
    }

    [Requirement("TOE-STAT-007", "An adapter that is not healthy says why.", Source = "AdapterStatus.Reason", IsControlOnly = true)]
    public Task Ill_HasAReason()
    {
        var status = Adapter.Status;
        Check.That(status.Health == AdapterHealth.Healthy || !status.Reason.IsNone, $"it is {status.Health} without a reason");
        return Task.CompletedTask;
    }

    [Requirement("TOE-STAT-008", "An adapter stands on a rung of the ladder to offloading; below the last one it says why.", Source = "AdapterStatus.Rung", IsControlOnly = true)]
    public Task Rung_IsNamed()
    {
        var status = Adapter.Status;
        Check.That(!string.IsNullOrWhiteSpace(status.Rung), "there is no rung");
        Check.That(status.Rung == "ToeActive" || !status.Reason.IsNone, $"it is {status.Rung} without a reason");
        return Task.CompletedTask;
    }

    [Requirement("TOE-STAT-009", "What an adapter counts has distinct names, a unit, and is read without blocking.", Source = "IReportsCounters.Counters",
        Covers = ["AdapterCounter.Name", "AdapterCounter.Unit", "AdapterCounter.Value", "AdapterCounter.IsCumulative"], IsControlOnly = true)]
    public Task Counters_AreNamed()
    {
        if (Adapter is not IReportsCounters reporter)
            throw new NotOfferedException("it counts nothing by itself");
        var counters = reporter.Counters;
        Check.Equal(counters.Count, counters.Select(static counter => counter.Name).Distinct(StringComparer.Ordinal).Count());
        foreach (var counter in counters)
        {
            Check.That(!string.IsNullOrWhiteSpace(counter.Name) && !string.IsNullOrWhiteSpace(counter.Unit), $"'{counter.Name}' has the unit '{counter.Unit}'");
            Check.That(!counter.IsCumulative || counter.Value >= 0, $"{counter.Name} only grows, and is {counter.Value}");
        }

        return Task.CompletedTask;
    }

    [Requirement("TOE-STAT-010", "What an adapter notes says what there is to know, and where that stands.", Source = "IReportsNotes.Notes",
        Covers = ["AdapterNote.Kind", "AdapterNote.Text", "AdapterNote.Source"], IsControlOnly = true)]
    public Task Notes_HaveASource()
    {
        if (Adapter is not IReportsNotes reporter)
            throw new NotOfferedException("it notes nothing");
        foreach (var note in reporter.Notes)
        {
            Check.That(Enum.IsDefined(note.Kind), $"a note is of the kind {note.Kind}");
            Check.That(!string.IsNullOrWhiteSpace(note.Text) && !string.IsNullOrWhiteSpace(note.Source), $"'{note.Text}' stands in '{note.Source}'");
        }

        return Task.CompletedTask;
    }
}
