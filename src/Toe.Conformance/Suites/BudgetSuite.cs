using System.Net.Sockets;

namespace Toe.Conformance.Suites;

/// <summary>Finite tables, counted truly.</summary>
internal sealed class BudgetSuite : Suite
{
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
