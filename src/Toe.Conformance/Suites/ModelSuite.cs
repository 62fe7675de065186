namespace Toe.Conformance.Suites;

/// <summary>Random histories of a connection, against a small model of what each step must do.</summary>
internal sealed class ModelSuite : Suite
{
    private const int Histories = 25;

    [Requirement("TOE-MODL-001", "Whatever is done to a connection that the adapter opened, in whatever order, it does what the model does.", Source = "IToeAdapterSocket.TrySend",
        Covers = ["IToeAdapterSocket.TryReceive", "IToeAdapterSocket.TryCompleteSending", "IToeAdapterSocket.Arm", "IToeAdapterSocket.GetInfo", "IToeAdapterSocket.Abort"], Needs = AdapterFeatures.ActiveOpen)]
    public Task Opened_DoesAsTheModel() => LiveAsync(() => Bench.ConnectAsync(), moves: false);

    [Requirement("TOE-MODL-002", "Whatever is done to a connection that the adapter accepted, in whatever order, it does what the model does.", Source = "IAdapterListenerEvents.OnAccepted",
        Covers = ["IToeAdapterSocket.TrySend", "IToeAdapterSocket.TryReceive"], Needs = AdapterFeatures.PassiveOpen)]
    public async Task Accepted_DoesAsTheModel()
    {
        var listener = await Bench.ListenAsync();
        await LiveAsync(listener.AcceptAsync, moves: false);
    }

    [Requirement("TOE-MODL-003", "Whatever is done to a connection while it moves again and again, it does what the model does.", Source = "IMoveTarget.ActivateAsync",
        Covers = ["IExportsState.FreezeAsync", "IMoveTarget.ImportAsync", "IMoveSource.ReleaseAsync"], Needs = AdapterFeatures.ActiveOpen | AdapterFeatures.ExportsState)]
    public Task Moving_DoesAsTheModel() => LiveAsync(() => Bench.ConnectAsync(), moves: true);

    [Requirement("TOE-MODL-004", "Histories of several connections at the same time do not touch one another.", Source = "IToeAdapterSocket.TrySend", Covers = ["IToeAdapterSocket.TryReceive"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Together_EachDoesAsTheModel()
    {
        var random = Enumerable.Range(0, 8).Select(_ => new Random(Bench.Random.Next())).ToList();
        var pairs = new List<(TestedSocket Ours, IPeerConnection Theirs)>();
        foreach (var _ in random)
            pairs.Add(await Bench.ConnectAsync());
        await Task.WhenAll([.. pairs.Zip(random, (pair, one) => Task.Run(() => new PairRun(Bench, pair.Ours, pair.Theirs).LiveAsync(PairStep.History(one, moves: false))))]);
    }

    private async Task LiveAsync(Func<Task<(TestedSocket Ours, IPeerConnection Theirs)>> connect, bool moves)
    {
        var limit = Bench.Patience / 3; // For one history: what takes longer hangs, on a busy machine too.
        for (var i = 0; i < Histories; i++)
        {
            var steps = PairStep.History(Bench.Random, moves);
            if (await FaultOfAsync(steps) is null)
                continue;
            var started = TimeProvider.System.GetTimestamp();
            var smallest = await Shrinking.ShrinkAsync(steps, async candidate => await FaultOfAsync(candidate) is not null, () => TimeProvider.System.GetElapsedTime(started) < limit);
            throw new UnmetException($"history {i}, the shortest that fails is [{string.Join(", ", smallest)}]: {await FaultOfAsync(smallest) ?? "and sometimes it does not"}");
        }

        async Task<string?> FaultOfAsync(IReadOnlyList<PairStep> steps)
        {
            var (ours, theirs) = await connect();
            var living = new PairRun(Bench, ours, theirs).LiveAsync(steps);
            try
            {
                await living.WaitAsync(limit, TimeProvider.System, Stop);
                return null;
            }
            catch (Exception exception) when (exception is not OperationCanceledException and not RefusedException and not NotHereException and not NotOfferedException)
            {
                _ = living.ContinueWith(static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                return exception is TimeoutException ? "a step does not end" : exception.Message;
            }
        }
    }
}
