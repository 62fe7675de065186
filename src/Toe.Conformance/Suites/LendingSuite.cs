namespace Toe.Conformance.Suites;

/// <summary>Buffers that are used in place are the same streams.</summary>
internal sealed class LendingSuite : Suite
{
    [Requirement("TOE-LEND-001", "What is shown is what arrived, and is shown again until it is consumed.", Source = "ILendsBuffers.TryPeek", Covers = ["ILendsBuffers.Consume"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Shown_IsNotTaken()
    {
        var (_, theirs, lending) = await LendAsync();
        Check.That(!lending.TryPeek(out _), "something is shown before anything came");
        await theirs.SendAsync("shown"u8.ToArray(), Stop);
        for (var look = 0; look < 2; look++)
            Check.Text("shown", await PeekAsync(lending, 5));
        lending.Consume(3);
        Check.Text("wn", await PeekAsync(lending, 2));
        lending.Consume(2);
        Check.That(!lending.TryPeek(out var left) || left.IsEmpty, $"{left.Length} bytes are shown behind the last");
    }

    [Requirement("TOE-LEND-002", "What is shown and what is copied are one stream, in whatever order they are asked for.", Source = "ILendsBuffers.Consume", Covers = ["IToeAdapterSocket.TryReceive"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task ShownAndCopied_AreOneStream()
    {
        var (ours, theirs, lending) = await LendAsync();
        await theirs.SendAsync("copied,shown,copied"u8.ToArray(), Stop);
        Check.Text("copied,", await ours.ReadAsync(7));
        Check.Text("shown,", (await PeekAsync(lending, 6))[..6]);
        lending.Consume(6);
        Check.Text("copied", await ours.ReadAsync(6));
    }

    [Requirement("TOE-LEND-003", "What is written into the lent room and committed is sent, behind what was sent before.", Source = "ILendsBuffers.CommitSend", Covers = ["ILendsBuffers.GetSendMemory"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Committed_IsSent()
    {
        var (ours, theirs, lending) = await LendAsync();
        await ours.SendAsync("copied,"u8.ToArray());
        var room = lending.GetSendMemory(8);
        Check.That(room.Length >= 8, $"an idle connection has room for {room.Length} bytes");
        "lent room"u8[..8].CopyTo(room.Span);
        lending.CommitSend(8);
        lending.GetSendMemory(1);
        lending.CommitSend(0);
        await ours.SendAsync("."u8.ToArray());
        Check.Text("copied,lent roo.", await theirs.ReadAsync(16, Stop));
    }

    private async Task<(TestedSocket Ours, IPeerConnection Theirs, ILendsBuffers Lending)> LendAsync()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        return (ours, theirs, ours.Raw as ILendsBuffers ?? throw new NotOfferedException("its sockets lend no buffers"));
    }

    private async Task<byte[]> PeekAsync(ILendsBuffers lending, int count)
    {
        var shown = Array.Empty<byte>();
        await Bench.UntilAsync(
            () =>
            {
                shown = lending.TryPeek(out var data) ? System.Buffers.BuffersExtensions.ToArray(data) : [];
                return shown.Length >= count;
            },
            $"of {count} bytes that came not all are shown");
        return shown;
    }
}
