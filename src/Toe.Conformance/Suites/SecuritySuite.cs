namespace Toe.Conformance.Suites;

/// <summary>Nobody gets what is another's.</summary>
internal sealed class SecuritySuite : Suite
{
    private const byte Guard = 0xA5;

    [Requirement("TOE-SECU-001", "A receive writes nothing behind the bytes that it gives.", Source = "IToeAdapterSocket.TryReceive", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Receive_WritesWhatItGives()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        foreach (var size in (int[])[1, 3, 100, 1460])
        {
            await theirs.SendAsync(new byte[size], Stop);
            await ours.ReadyAsync(Readiness.Receive);
            var buffer = Enumerable.Repeat(Guard, 8192).ToArray();
            for (var received = 0; received < size;)
            {
                var (_, bytes) = await ours.ReceiveAsync(buffer.AsMemory(received));
                received += bytes;
                Check.That(buffer.AsSpan(received).IndexOfAnyExcept(Guard) < 0, $"{received} bytes were given, and more of the buffer was written to: what is in there may be another's");
            }
        }
    }

    [Requirement("TOE-SECU-002", "A new connection gives nothing that an earlier one left.", Source = "IToeAdapterSocket.TryReceive", Needs = AdapterFeatures.ActiveOpen)]
    public async Task NewConnection_GivesNothingOld()
    {
        for (var i = 0; i < 5; i++)
        {
            var (secret, theirs) = await Bench.ConnectAsync();
            await theirs.SendAsync(Enumerable.Repeat((byte)0x5A, 4000).ToArray(), Stop);
            await secret.ReadyAsync(Readiness.Receive); // It is there, and is never read.
            await secret.DisposeAsync();
            theirs.Reset();
            var (ours, clean) = await Bench.ConnectAsync();
            await clean.SendAsync(new byte[100], Stop);
            Check.Bytes(new byte[100], await ours.ReadAsync(100));
        }
    }

    [Requirement("TOE-SECU-003", "A receive that gives nothing writes nothing.", Source = "IToeAdapterSocket.TryReceive", Covers = ["IoStatus.WouldBlock"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task BlockedReceive_WritesNothing()
    {
        var (ours, _) = await Bench.ConnectAsync();
        var buffer = Enumerable.Repeat(Guard, 8192).ToArray();
        Check.Equal(IoStatus.WouldBlock, ours.Polled.TryReceive(buffer, out _));
        Check.That(buffer.AsSpan().IndexOfAnyExcept(Guard) < 0, "the buffer was written to");
    }

    [Requirement("TOE-SECU-004", "Local ports of connections one after the other are not consecutive: they cannot be guessed.", Source = "RFC 6056 §3", Level = RequirementLevel.Should, Needs = AdapterFeatures.ActiveOpen)]
    public async Task Ports_CannotBeGuessed()
    {
        const int Count = 12;
        var ports = new List<int>();
        for (var i = 0; i < Count; i++)
        {
            var (ours, _) = await Bench.ConnectAsync();
            ports.Add(ours.Raw.LocalEndPoint.Port);
        }

        var steps = ports.Zip(ports.Skip(1), static (one, next) => next - one).Where(static step => step is 1 or 2).Count();
        Check.That(steps < Count / 2, $"the ports are {string.Join(", ", ports)}");
    }

    [Requirement("TOE-SECU-005", "Initial sequence numbers of connections one after the other cannot be guessed from one another.", Source = "RFC 6528 §3", Covers = ["TcpConnectionState.SendNext"], Level = RequirementLevel.Should, Needs = AdapterFeatures.ActiveOpen | AdapterFeatures.ExportsState)]
    public async Task SequenceNumbers_CannotBeGuessed()
    {
        const int Count = 8, Near = 1 << 20;
        var numbers = new List<uint>();
        for (var i = 0; i < Count; i++)
        {
            var (ours, _) = await Bench.ConnectAsync();
            var source = await ours.FreezeAsync(Stop);
            numbers.Add(source.State.SendNext);
            await source.ResumeAsync();
        }

        var near = numbers.Zip(numbers.Skip(1), static (one, next) => Math.Abs((long)(int)(next - one))).Count(static step => step < Near);
        Check.That(near < Count / 2, $"the numbers are {string.Join(", ", numbers)}"); // The ports differ, so the hash does (RFC 6528 §3).
    }

    [Requirement("TOE-SECU-006", "A peer that knocks and goes away again and again takes nothing for good.", Source = "ToeBudget.Used", Needs = AdapterFeatures.PassiveOpen)]
    public async Task RudePeers_TakeNothing()
    {
        var peer = await Bench.PeerAsync();
        var listener = await Bench.ListenAsync();
        var before = (await Adapter.RefreshAsync(Stop)).Budgets;
        for (var i = 0; i < 20; i++)
        {
            var theirs = await peer.ConnectAsync(listener.EndPoint, Stop);
            theirs.Reset();
            await theirs.DisposeAsync();
        }

        await Bench.UntilAsync(
            async () =>
            {
                while (listener.Events.TryAccept(out var accepted)) // Not all need to come up: some are gone already.
                    await accepted.Socket.DisposeAsync();
                return Used((await Adapter.RefreshAsync(Stop)).Budgets) <= Used(before);
            },
            () => "not everything was given back: " + string.Join(", ", Adapter.Status.Budgets.Select(static budget => $"{budget.Table} {budget.Used}")));

        static long Used(IReadOnlyList<ToeBudget> budgets) => budgets.Where(static budget => budget.ConnectionCost > 0).Sum(static budget => budget.Used);
    }
}
