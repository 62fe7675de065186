using System.Globalization;

namespace Toe.Conformance.Suites;

/// <summary>What one connection gives, for the report. A number is never judged: what is slow here may be the machine.</summary>
internal sealed class PerformanceSuite : Suite
{
    private const int Volume = 16 << 20;

    [Requirement("TOE-PERF-001", "How much passes from the adapter to its peer is reported.", Source = "IToeAdapterSocket.TrySend", Level = RequirementLevel.May, Needs = AdapterFeatures.ActiveOpen)]
    public async Task Sending()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await PassAsync(() => ours.SendAsync(new byte[Volume]), buffer => theirs.ReceiveAsync(buffer, Stop));
    }

    [Requirement("TOE-PERF-002", "How much passes from the peer to the adapter is reported.", Source = "IToeAdapterSocket.TryReceive", Level = RequirementLevel.May, Needs = AdapterFeatures.ActiveOpen)]
    public async Task Receiving()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await PassAsync(async () => await theirs.SendAsync(new byte[Volume], Stop), async buffer => (await ours.ReceiveAsync(buffer)).Bytes);
    }

    [Requirement("TOE-PERF-003", "How long a byte takes there and another one back is reported.", Source = "IToeAdapterSocket.TrySend", Level = RequirementLevel.May, Needs = AdapterFeatures.ActiveOpen)]
    public async Task RoundTrip()
    {
        const int Count = 500;
        var (ours, theirs) = await Bench.ConnectAsync();
        var times = new List<TimeSpan>(Count);
        for (var i = 0; i < Count; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await ours.SendAsync(new byte[1]);
            await theirs.ReadAsync(1, Stop);
            await theirs.SendAsync(new byte[1], Stop);
            await ours.ReadAsync(1);
            times.Add(TimeProvider.System.GetElapsedTime(started));
        }

        times.Sort();
        await NoteAsync(string.Create(CultureInfo.InvariantCulture, $"median {times[Count / 2].TotalMicroseconds:F0} µs, 99 % within {times[Count * 99 / 100].TotalMicroseconds:F0} µs"));
    }

    [Requirement("TOE-PERF-004", "How many connections are made and ended one after the other is reported.", Source = "IToeAdapter.OpenAsync", Level = RequirementLevel.May, Needs = AdapterFeatures.ActiveOpen)]
    public async Task Connecting()
    {
        const int Count = 100;
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < Count; i++)
        {
            var (ours, theirs) = await Bench.ConnectAsync();
            ours.Raw.Abort();
            await ours.DisposeAsync();
            await theirs.DisposeAsync();
        }

        await NoteAsync(string.Create(CultureInfo.InvariantCulture, $"{Count / TimeProvider.System.GetElapsedTime(started).TotalSeconds:F0} connections a second"));
    }

    private async Task PassAsync(Func<Task> send, Func<Memory<byte>, ValueTask<int>> receive)
    {
        var started = TimeProvider.System.GetTimestamp();
        var sending = Task.Run(send);
        var buffer = new byte[256 << 10];
        for (var received = 0; received < Volume;)
        {
            var bytes = await receive(buffer);
            Check.That(bytes > 0, "the stream ends");
            received += bytes;
        }

        await sending;
        await NoteAsync(string.Create(CultureInfo.InvariantCulture, $"{Volume * 8 / 1e9 / TimeProvider.System.GetElapsedTime(started).TotalSeconds:F2} Gbit/s over one connection"));
    }

    private async Task NoteAsync(string measured) =>
        Bench.Note = $"{measured}, the kit's own work{(await Bench.PeerAsync() is RemotePeer ? " and the peer's control connection" : "")} included";
}
