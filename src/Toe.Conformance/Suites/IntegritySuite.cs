namespace Toe.Conformance.Suites;

/// <summary>Every byte, in order, at sizes around every boundary there may be.</summary>
internal sealed class IntegritySuite : Suite
{
    [Requirement("TOE-INTG-001", "Writes of 1 byte to a few arrive whole.", Source = "IToeAdapterSocket.TrySend", Needs = AdapterFeatures.ActiveOpen)]
    public Task Tiny() => SendEachAsync(1, 2, 3, 4, 5, 7, 8, 9);

    [Requirement("TOE-INTG-002", "Writes around the default MSS arrive whole.", Source = "RFC 9293 §3.7.1", Needs = AdapterFeatures.ActiveOpen)]
    public Task AroundTheDefaultMss() => SendEachAsync(535, 536, 537, 1219, 1220, 1221);

    [Requirement("TOE-INTG-003", "Writes around the MSS of Ethernet arrive whole.", Source = "RFC 6691 §2", Needs = AdapterFeatures.ActiveOpen)]
    public Task AroundTheMssOfEthernet() => SendEachAsync(1447, 1448, 1449, 1459, 1460, 1461, 1499, 1500, 1501, 2920);

    [Requirement("TOE-INTG-004", "Writes around pages arrive whole.", Source = "IToeAdapterSocket.TrySend", Needs = AdapterFeatures.ActiveOpen)]
    public Task AroundPages() => SendEachAsync(4095, 4096, 4097, 8191, 8192, 8193);

    [Requirement("TOE-INTG-005", "Writes around the largest jumbo frame arrive whole.", Source = "IToeAdapterSocket.TrySend", Needs = AdapterFeatures.ActiveOpen)]
    public Task AroundJumboFrames() => SendEachAsync(8959, 8960, 8961, 8999, 9000, 9001);

    [Requirement("TOE-INTG-006", "Writes around 16 bits arrive whole.", Source = "RFC 7323 §2.2", Needs = AdapterFeatures.ActiveOpen)]
    public Task Around16Bits() => SendEachAsync(65_494, 65_495, 65_496, 65_534, 65_535, 65_536, 65_537);

    [Requirement("TOE-INTG-007", "Writes beyond 16 bits arrive whole.", Source = "IToeAdapterSocket.TrySend", Needs = AdapterFeatures.ActiveOpen)]
    public Task Beyond16Bits() => SendEachAsync(131_071, 131_072, 131_073, 262_145);

    [Requirement("TOE-INTG-008", "What the peer writes in the same sizes arrives whole.", Source = "IToeAdapterSocket.TryReceive", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Received_InEachSize()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        foreach (var size in (int[])[1, 2, 535, 536, 537, 1447, 1448, 1449, 1460, 4096, 4097, 9000, 65_535, 65_536, 65_537, 131_073])
        {
            var bytes = Make(size);
            var reading = ours.ReadAsync(size);
            await theirs.SendAsync(bytes, Stop);
            Check.Bytes(bytes, await reading);
        }
    }

    [Requirement("TOE-INTG-009", "Writes of random sizes read in random sizes keep their order.", Source = "IToeAdapterSocket.TrySend", Covers = ["IToeAdapterSocket.TryReceive"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task RandomSizes_KeepTheirOrder()
    {
        const int Size = 1 << 20;
        var (ours, theirs) = await Bench.ConnectAsync();
        var bytes = Make(Size);
        var (writes, reads) = (new Random(Bench.Random.Next()), new Random(Bench.Random.Next()));
        var writing = WriteAsync();
        var received = new byte[Size];
        for (var at = 0; at < Size;)
        {
            var (status, count) = await ours.ReceiveAsync(received.AsMemory(at, Math.Min(Size - at, reads.Next(1, 20_000))));
            Check.Equal(IoStatus.Done, status);
            at += count;
        }

        await writing;
        Check.Bytes(bytes, received);

        async Task WriteAsync()
        {
            for (var at = 0; at < Size;)
            {
                var count = Math.Min(Size - at, writes.Next(1, 20_000));
                await theirs.SendAsync(bytes.AsMemory(at, count), Stop);
                at += count;
            }
        }
    }

    [Requirement("TOE-INTG-010", "A stream read byte by byte is the same stream.", Source = "IToeAdapterSocket.TryReceive", Needs = AdapterFeatures.ActiveOpen)]
    public async Task ByteByByte()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var bytes = Make(5000);
        await theirs.SendAsync(bytes, Stop);
        var received = new byte[bytes.Length];
        for (var at = 0; at < received.Length; at++)
            Check.Equal((IoStatus.Done, 1), await ours.ReceiveAsync(received.AsMemory(at, 1)));
        Check.Bytes(bytes, received);
    }

    [Requirement("TOE-INTG-011", "Connections side by side do not mix their bytes.", Source = "IToeAdapterSocket.TrySend", Covers = ["IToeAdapterSocket.TryReceive"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Connections_DoNotMix()
    {
        const int Count = 8, Size = 100_000;
        var pairs = new List<(TestedSocket Ours, IPeerConnection Theirs)>();
        for (var i = 0; i < Count; i++)
            pairs.Add(await Bench.ConnectAsync());
        await Task.WhenAll([.. pairs.Select((pair, index) => EchoAsync(pair.Ours, pair.Theirs, (byte)(index + 1)))]);

        async Task EchoAsync(TestedSocket ours, IPeerConnection theirs, byte mark)
        {
            var bytes = Enumerable.Repeat(mark, Size).ToArray();
            var atPeer = theirs.ReadAsync(Size, Stop);
            var atUs = ours.ReadAsync(Size);
            await Task.WhenAll(new[] { ours.SendAsync(bytes), theirs.SendAsync(bytes, Stop).AsTask() });
            Check.Bytes(bytes, await atPeer);
            Check.Bytes(bytes, await atUs);
        }
    }

    [Requirement("TOE-INTG-012", "Eight megabytes each way arrive whole.", Source = "IToeAdapterSocket.TrySend", Covers = ["IToeAdapterSocket.TryReceive"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Megabytes()
    {
        const int Size = 8 << 20;
        var (ours, theirs) = await Bench.ConnectAsync();
        var (up, down) = (Make(Size), Make(Size));
        var atPeer = theirs.ReadAsync(Size, Stop);
        var atUs = ours.ReadAsync(Size);
        await Task.WhenAll(new[] { ours.SendAsync(up), theirs.SendAsync(down, Stop).AsTask() });
        Check.Bytes(up, await atPeer);
        Check.Bytes(down, await atUs);
    }

    private async Task SendEachAsync(params int[] sizes)
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        foreach (var size in sizes)
        {
            var bytes = Make(size);
            var reading = theirs.ReadAsync(size, Stop);
            await ours.SendAsync(bytes);
            Check.Bytes(bytes, await reading);
        }
    }

    private byte[] Make(int size)
    {
        var bytes = new byte[size];
        Bench.Random.NextBytes(bytes);
        return bytes;
    }
}
