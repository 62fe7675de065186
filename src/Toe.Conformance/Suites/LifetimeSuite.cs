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
}
