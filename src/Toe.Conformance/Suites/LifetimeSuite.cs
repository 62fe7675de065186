using System.Diagnostics;

namespace Toe.Conformance.Suites;

/// <summary>Everything can end in any order, and nothing is left.</summary>
internal sealed class LifetimeSuite : Suite
{
    [Requirement("TOE-LIFE-001", "An adapter can be disposed while connections and listeners are open.", Source = "IToeAdapter.DisposeAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Adapter_EndsWithOpenConnections()
    {
        await Bench.ConnectAsync();
        if (Adapter.Status.Capabilities.Has(AdapterFeatures.PassiveOpen))
            await Bench.ListenAsync();
        await Adapter.DisposeAsync();
    }

    [Requirement("TOE-LIFE-002", "Sockets can be disposed after their adapter.", Source = "IToeAdapterSocket.DisposeAsync", Covers = ["IToeAdapter.DisposeAsync"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Socket_OutlivesItsAdapter()
    {
        var (ours, _) = await Bench.ConnectAsync();
        await Adapter.DisposeAsync();
        ours.Raw.Abort();
        await ours.DisposeAsync();
    }

    [Requirement("TOE-LIFE-003", "An adapter can be disposed twice.", Source = "IToeAdapter.DisposeAsync", IsControlOnly = true)]
    public async Task Adapter_MayEndTwice()
    {
        await Adapter.DisposeAsync();
        await Adapter.DisposeAsync();
    }

    [Requirement("TOE-LIFE-004", "Connections that have ended leave no handles behind.", Source = "IToeAdapterSocket.DisposeAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Connections_LeaveNoHandles()
    {
        const int Warm = 5, Count = 50, Slack = 20;
        if (!OperatingSystem.IsLinux())
            throw new NotHereException("handles are counted in /proc");
        await RunAsync(Warm);
        var before = Handles();
        await RunAsync(Count);
        await Bench.UntilAsync(() => ValueTask.FromResult(Handles() <= before + Slack), () => $"{before} handles were open before {Count} connections, and {Handles()} are now");

        async Task RunAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var (ours, theirs) = await Bench.ConnectAsync();
                ours.Raw.Abort();
                await ours.DisposeAsync();
                await theirs.DisposeAsync();
            }
        }

        static int Handles() => Directory.GetFiles("/proc/self/fd").Length;
    }

    [Requirement("TOE-LIFE-005", "Connections that have ended leave no threads behind.", Source = "IToeAdapterSocket.DisposeAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Connections_LeaveNoThreads()
    {
        const int Count = 20, Slack = 12; // The pool's own come and go.
        var (first, _) = await Bench.ConnectAsync();
        await first.DisposeAsync();
        var before = Threads();
        for (var i = 0; i < Count; i++)
            await Bench.ConnectAsync();
        await Bench.UntilAsync(() => ValueTask.FromResult(Threads() <= before + Slack), () => $"{before} threads ran before {Count} connections, and {Threads()} do now");

        static int Threads()
        {
            using var process = Process.GetCurrentProcess();
            return process.Threads.Count;
        }
    }

    [Requirement("TOE-LIFE-006", "An adapter says nothing more of itself once it is disposed.", Source = "IAdapterEvents.StatusChanged", Covers = ["IToeAdapter.Subscribe"], IsControlOnly = true)]
    public async Task Disposed_SaysNothing()
    {
        await Adapter.DisposeAsync();
        var before = Bench.AdapterEvents.Statuses.Count;
        await Bench.PassAsync(TimeSpan.FromMilliseconds(50));
        Check.Equal(before, Bench.AdapterEvents.Statuses.Count);
    }

    [Requirement("TOE-LIFE-007", "Connections can be made and ended in quick succession.", Source = "IToeAdapter.OpenAsync", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Connections_InQuickSuccession()
    {
        for (var i = 0; i < 100; i++)
        {
            var (ours, theirs) = await Bench.ConnectAsync();
            await ours.SendAsync(new byte[] { (byte)i });
            Check.Bytes([(byte)i], await theirs.ReadAsync(1, Stop));
            ours.Raw.Abort();
            await ours.DisposeAsync();
            await theirs.DisposeAsync();
        }
    }

    [Requirement("TOE-LIFE-008", "Adapter, listener, sockets and provider can be disposed in any order: each run draws one.", Source = "IToeProvider.DisposeAsync", Covers = ["IToeAdapter.DisposeAsync", "IToeAdapterListener.DisposeAsync", "IToeAdapterSocket.DisposeAsync"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Everything_EndsInAnyOrder()
    {
        var (ours, _) = await Bench.ConnectAsync();
        List<IAsyncDisposable> all = [Adapter, ours, Bench.Provider];
        if (Adapter.Status.Capabilities.Has(AdapterFeatures.PassiveOpen))
            all.Add(await Bench.ListenAsync());
        var order = all.ToArray();
        Bench.Random.Shuffle(order);
        foreach (var one in order)
            await one.DisposeAsync();
    }

    [Requirement("TOE-LIFE-009", "Connections that have ended keep no memory alive.", Source = "IToeAdapterSocket.DisposeAsync", Level = RequirementLevel.Should, Needs = AdapterFeatures.ActiveOpen)]
    public async Task Connections_KeepNoMemory()
    {
        const int Warm = 50, Count = 200, Slack = 8 << 20;
        await RunAsync(Warm);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await RunAsync(Count);
        await Bench.UntilAsync(
            () => ValueTask.FromResult(GC.GetTotalMemory(forceFullCollection: true) <= before + Slack), () => $"{before} bytes were in use before {Count} connections, and {GC.GetTotalMemory(forceFullCollection: true)} are now");

        async Task RunAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await using var listener = await (await Bench.PeerAsync()).ListenAsync(System.Net.Sockets.AddressFamily.InterNetwork, Stop);
                var (result, events) = await Bench.TryOpenAsync(listener.EndPoint);
                var socket = new TestedSocket(result.Socket ?? throw new RefusedException("the open", result.Refusal), events, [], Stop); // Not owned: the bench would keep it.
                await socket.ConnectAsync();
                await using var theirs = await listener.AcceptAsync(Stop);
                await theirs.SendAsync(new byte[10_000], Stop);
                await socket.ReadAsync(10_000);
                socket.Raw.Abort();
                await socket.DisposeAsync();
            }
        }
    }

    [Requirement("TOE-LIFE-010", "Another provider finds the same adapter after the first one has ended.", Source = "IToeProvider.DisposeAsync", Covers = ["IToeProvider.DiscoverAsync"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task NextProvider_FindsTheAdapter()
    {
        await Bench.ConnectAsync();
        await Adapter.DisposeAsync();
        await Bench.Provider.DisposeAsync();
        await using var next = await Bench.CreateProviderAsync();
        var discovery = await next.DiscoverAsync(Bench, Stop);
        Check.That(discovery.Adapters.Any(one => one.Identity.Id == Adapter.Identity.Id), "the adapter is not found again");
        foreach (var one in discovery.Adapters)
            await one.DisposeAsync();
    }
}
