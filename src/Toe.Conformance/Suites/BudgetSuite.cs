using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance.Suites;

/// <summary>Finite tables, counted truly.</summary>
internal sealed class BudgetSuite : Suite
{
    private const int Fillable = 5000;

    [Requirement("TOE-BUDG-001", "Each table has a name of its own.", Source = "ToeBudget.Table", Covers = ["AdapterStatus.Budgets"], IsControlOnly = true)]
    public Task Tables_AreNamed()
    {
        var budgets = Adapter.Status.Budgets;
        Check.That(budgets.All(static budget => !string.IsNullOrWhiteSpace(budget.Table)), "a table has no name");
        Check.Equal(budgets.Count, budgets.Select(static budget => budget.Table).Distinct(StringComparer.Ordinal).Count());
        return Task.CompletedTask;
    }

    [Requirement("TOE-BUDG-002", "Each table gives a reason of its own when it is full, of the class Resource.", Source = "ToeBudget.Exhausted",
        Covers = ["Resource.Connections", "Resource.Listeners", "Resource.Neighbours", "Resource.Memory", "Resource.Other"], IsControlOnly = true)]
    public Task Tables_HaveTheirReasons()
    {
        foreach (var budget in Adapter.Status.Budgets)
            Check.That(budget.Exhausted.Class == ToeReasonClass.Resource, $"{budget.Table} is exhausted with {budget.Exhausted}");
        return Task.CompletedTask;
    }

    [Requirement("TOE-BUDG-003", "What is used is not negative, nor more than there is; the reserve is part of it.", Source = "ToeBudget.Used", Covers = ["ToeBudget.Limit", "ToeBudget.Reserve", "ToeBudget.Available"], IsControlOnly = true)]
    public Task Counts_AreInRange()
    {
        foreach (var budget in Adapter.Status.Budgets)
        {
            Check.That(budget.Used >= 0 && budget.Limit >= 0 && budget.Used <= budget.Limit, $"{budget.Table}: {budget.Used} of {budget.Limit} used");
            Check.That(budget.Reserve >= 0 && budget.Reserve <= budget.Limit, $"{budget.Table}: a reserve of {budget.Reserve} of {budget.Limit}");
        }

        return Task.CompletedTask;
    }

    [Requirement("TOE-BUDG-004", "What connections and listeners cost is not negative, and something costs something where there are tables.", Source = "ToeBudget.ConnectionCost",
        Covers = ["ToeBudget.ConnectionCostIPv6", "ToeBudget.ListenerCost"], IsControlOnly = true)]
    public Task Costs_AreInRange()
    {
        foreach (var budget in Adapter.Status.Budgets)
            Check.That(budget.ConnectionCost >= 0 && budget.ConnectionCostIPv6 >= 0 && budget.ListenerCost >= 0, $"{budget.Table} costs a negative number of entries");
        return Task.CompletedTask;
    }

    [Requirement("TOE-BUDG-005", "A limit says whether it was read from the adapter.", Source = "ToeBudget.Source", IsControlOnly = true)]
    public Task Limits_HaveASource()
    {
        Check.That(Adapter.Status.Budgets.All(static budget => Enum.IsDefined(budget.Source)), "one has none");
        return Task.CompletedTask;
    }

    [Requirement("TOE-BUDG-006", "A connection takes from the tables what it is said to cost.", Source = "ToeBudget.ConnectionCost", Covers = ["ToeBudget.Used"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Connection_TakesItsCost()
    {
        var before = await ReadAsync();
        await Bench.ConnectAsync();
        var after = await ReadAsync();
        foreach (var budget in after.Where(static budget => budget.ConnectionCost > 0))
        {
            var taken = budget.Used - before.Single(one => one.Table == budget.Table).Used;
            Check.That(taken >= budget.ConnectionCost, $"{budget.Table}: a connection costs {budget.ConnectionCost}, and {taken} more are in use");
        }
    }

    [Requirement("TOE-BUDG-007", "A connection that has ended gives back what it took.", Source = "ToeBudget.Used", Needs = AdapterFeatures.ActiveOpen)]
    public async Task EndedConnection_GivesBack()
    {
        var before = await ReadAsync();
        var (ours, theirs) = await Bench.ConnectAsync();
        ours.Raw.Abort();
        await ours.DisposeAsync();
        await theirs.DisposeAsync();
        await BackToAsync(before);
    }

    [Requirement("TOE-BUDG-008", "An open that never connects gives back what it took.", Source = "IToeAdapter.OpenAsync", Covers = ["ToeBudget.Used"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task AbandonedOpen_GivesBack()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var before = await ReadAsync();
        for (var i = 0; i < 10; i++)
            await (await Bench.OpenAsync(listener.EndPoint)).DisposeAsync();
        await BackToAsync(before);
    }

    [Requirement("TOE-BUDG-009", "A listener takes from the tables what it is said to cost, and gives it back.", Source = "ToeBudget.ListenerCost", Covers = ["ToeBudget.Used"], Needs = AdapterFeatures.PassiveOpen)]
    public async Task Listener_TakesItsCost()
    {
        await Bench.PeerAsync();
        var before = await ReadAsync();
        var listener = await Bench.ListenAsync();
        foreach (var budget in (await ReadAsync()).Where(static budget => budget.ListenerCost > 0))
        {
            var taken = budget.Used - before.Single(one => one.Table == budget.Table).Used;
            Check.That(taken >= budget.ListenerCost, $"{budget.Table}: a listener costs {budget.ListenerCost}, and {taken} more are in use");
        }

        await listener.DisposeAsync();
        await BackToAsync(before);
    }

    [Requirement("TOE-BUDG-010", "A connect that was cancelled gives back what it took.", Source = "IToeAdapterSocket.ConnectAsync", Covers = ["ToeBudget.Used"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task CancelledConnect_GivesBack()
    {
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var before = await ReadAsync();
        for (var i = 0; i < 5; i++)
        {
            var socket = await Bench.OpenAsync(listener.EndPoint);
            using var cancelled = new CancellationTokenSource();
            var connecting = socket.Raw.ConnectAsync(cancelled.Token).AsTask();
            await cancelled.CancelAsync(); // Its SYN may be on the way.
            try
            {
                await connecting.WaitAsync(Stop);
            }
            catch (OperationCanceledException) when (!Stop.IsCancellationRequested)
            {
                // As asked.
            }

            socket.Raw.Abort();
            await socket.DisposeAsync();
        }

        await BackToAsync(before);
    }

    [Requirement("TOE-BUDG-011", "When the connections' table is full an open is refused with that table's reason, connections that exist live on, and there is room again when one ends.", Source = "ToeBudget.Exhausted",
        Covers = ["ToeBudget.Limit", "Resource.Connections", "OpenResult.Refusal"], Needs = AdapterFeatures.ActiveOpen, HasSmallTables = true)]
    public async Task Connections_Exhausted()
    {
        var budget = TableOf(static budget => budget.ConnectionCost);
        var (ours, theirs) = await Bench.ConnectAsync();
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var (sockets, refusal) = await ExhaustAsync(listener.EndPoint, options: new ToeSocketOptions { ReceiveBuffer = 4096, SendBuffer = 4096 }, budget.Limit);
        Check.Refused(refusal, budget.Exhausted);
        await ours.SendAsync("alive"u8.ToArray());
        Check.Text("alive", await theirs.ReadAsync(5, Stop));
        await sockets[0].DisposeAsync();
        await Bench.UntilAsync(async () => await CanOpenAsync(listener.EndPoint), () => "a connection has ended, and there is still no room");
    }

    [Requirement("TOE-BUDG-012", "When the listeners' table is full a listen is refused with that table's reason, and there is room again when one ends.", Source = "ToeBudget.ListenerCost",
        Covers = ["Resource.Listeners", "ListenResult.Refusal"], Needs = AdapterFeatures.PassiveOpen, HasSmallTables = true)]
    public async Task Listeners_Exhausted()
    {
        var budget = TableOf(static budget => budget.ListenerCost);
        var listeners = new List<TestedListener>();
        try
        {
            while (listeners.Count <= budget.Limit)
                listeners.Add(await Bench.ListenAsync());
            throw new UnmetException($"a table of {budget.Limit} entries has {listeners.Count} listeners");
        }
        catch (RefusedException exception) when (listeners.Count > 0)
        {
            Check.Refused(exception.Reason, budget.Exhausted);
        }

        await listeners[0].DisposeAsync();
        await Bench.UntilAsync(async () => await CanListenAsync(), () => "a listener has ended, and there is still no room");
    }

    [Requirement("TOE-BUDG-013", "When buffer memory is short an open is refused with that table's reason, and there is room again when a connection ends.", Source = "ToeBudget.Exhausted",
        Covers = ["Resource.Memory"], Needs = AdapterFeatures.ActiveOpen, HasSmallTables = true)]
    public async Task Memory_Exhausted()
    {
        if (Adapter.Status.Budgets.FirstOrDefault(static budget => budget.Exhausted.Is(ToeReasons.ResourceMemory)) is not { } memory)
            throw new NotOfferedException("it has no table of memory");
        const int Buffers = 8 << 20;
        if (Adapter.Status.Budgets.Any(budget => budget.ConnectionCost > 0 && budget.Available / budget.ConnectionCost <= memory.Available / Buffers) || memory.Available / Buffers > Fillable)
            throw new NotHereException($"its {memory.Available} bytes of memory are not what connections exhaust first");
        await using var listener = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var (sockets, refusal) = await ExhaustAsync(listener.EndPoint, options: new ToeSocketOptions { ReceiveBuffer = Buffers / 2, SendBuffer = Buffers / 2 }, memory.Limit);
        if (sockets.Any(static socket => socket.Downgrades.Count > 0))
            throw new NotHereException("it gives smaller buffers than were asked for");
        Check.Refused(refusal, memory.Exhausted);
        await sockets[0].DisposeAsync();
        await Bench.UntilAsync(async () => await CanOpenAsync(listener.EndPoint), () => "a connection has ended, and there is still no room");
    }

    [Requirement("TOE-BUDG-014", "When the connections' table is full a peer that knocks is not accepted, and accepted connections live on.", Source = "ToeBudget.Exhausted",
        Covers = ["IAdapterListenerEvents.OnAccepted"], Needs = AdapterFeatures.ActiveOpen | AdapterFeatures.PassiveOpen, HasSmallTables = true)]
    public async Task Exhausted_AcceptsNobody()
    {
        var budget = TableOf(static budget => budget.ConnectionCost);
        var listener = await Bench.ListenAsync();
        var (ours, theirs) = await listener.AcceptAsync();
        await using var peers = await (await Bench.PeerAsync()).ListenAsync(AddressFamily.InterNetwork, Stop);
        var (_, refusal) = await ExhaustAsync(peers.EndPoint, options: new ToeSocketOptions { ReceiveBuffer = 4096, SendBuffer = 4096 }, budget.Limit);
        Check.Refused(refusal, budget.Exhausted);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var connecting = (await Bench.PeerAsync()).ConnectAsync(listener.EndPoint, patience.Token).AsTask();
        await Bench.PassAsync(TimeSpan.FromMilliseconds(50));
        Check.Equal(0, listener.Events.Waiting);
        await patience.CancelAsync();
        try
        {
            await using var left = await connecting;
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The host has it, or nobody.
        }

        await theirs.SendAsync("alive"u8.ToArray(), Stop);
        Check.Text("alive", await ours.ReadAsync(5));
    }

    /// <summary>The table that is full first, if it can be filled in a few seconds.</summary>
    private ToeBudget TableOf(Func<ToeBudget, int> costOf)
    {
        var tables = Adapter.Status.Budgets.Where(budget => budget.Limit > 0 && costOf(budget) > 0).ToList();
        if (tables.Count == 0)
            throw new NotOfferedException("it has no such table");
        var first = tables.MinBy(budget => budget.Available / costOf(budget))!;
        return first.Available / costOf(first) <= Fillable ? first : throw new NotHereException($"'{first.Table}' has room for {first.Available / costOf(first)}, too many to fill");
    }

    private async Task<bool> CanListenAsync()
    {
        try
        {
            await Bench.ListenAsync();
            return true;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    /// <summary>Opens until it is refused.</summary>
    private async Task<(List<TestedSocket> Sockets, ToeReason Refusal)> ExhaustAsync(IPEndPoint remote, ToeSocketOptions options, long limit)
    {
        var sockets = new List<TestedSocket>();
        while (sockets.Count <= limit)
        {
            var (result, events) = await Bench.TryOpenAsync(remote, options: options);
            if (result.Socket is not { } socket)
                return sockets.Count > 0 ? (sockets, result.Refusal) : throw new RefusedException("the first open", result.Refusal);
            sockets.Add(Bench.Own(new TestedSocket(socket, events, [], Stop)));
        }

        throw new UnmetException($"a table of {limit} entries has {sockets.Count} connections");
    }

    private async Task<bool> CanOpenAsync(IPEndPoint remote)
    {
        var (result, events) = await Bench.TryOpenAsync(remote, options: new ToeSocketOptions { ReceiveBuffer = 4096, SendBuffer = 4096 });
        if (result.Socket is { } socket)
            Bench.Own(new TestedSocket(socket, events, [], Stop));
        return result.Socket is not null;
    }

    private async Task<IReadOnlyList<ToeBudget>> ReadAsync() => (await Adapter.RefreshAsync(Stop)).Budgets;

    /// <summary>
    /// The engine's own end of a connection takes a moment; TIME-WAIT takes entries for longer, and is avoided by an abort. What connections share, such as neighbours, has no cost and stays.
    /// </summary>
    private Task BackToAsync(IReadOnlyList<ToeBudget> before)
    {
        return Bench.UntilAsync(
            async () => (await ReadAsync()).Where(static budget => budget.ConnectionCost + budget.ListenerCost > 0).All(budget => budget.Used <= UsedBefore(budget)),
            () => "not everything was given back: " + string.Join(", ", Adapter.Status.Budgets.Select(budget => $"{budget.Table} {budget.Used} (before: {UsedBefore(budget)})")));

        long UsedBefore(ToeBudget budget) => before.Single(one => one.Table == budget.Table).Used;
    }
}
