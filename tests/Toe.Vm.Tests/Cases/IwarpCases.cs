using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Toe.Linux;
using Toe.Vm.Tests.Devices;

namespace Toe.Vm.Tests.Cases;

/// <summary>The stack over Soft-iWARP: what an application sees.</summary>
[SupportedOSPlatform("linux")]
internal static class IwarpCases
{
    public static readonly GuestCase[] All =
    [
        new("iwarp: the adapter, its firmware and evidence", DescribeAsync),
        new("iwarp: plain and RDMA clients of one listener", BothSidesAsync),
        new("iwarp: bytes both ways at once, SHA-256 equal", token => TransferAsync(Size("TOE_VM_MEBIBYTES", 64) << 20, token)),
        new("iwarp: connections opened and closed leave nothing", token => ManyAsync(Size("TOE_VM_CONNECTIONS", 200), token)),
        new("iwarp: idle connections cost no processor time", IdleAsync),
        new("iwarp: half close", HalfCloseAsync),
        new("iwarp: cancellation at each await", CancelAsync),
        new("iwarp: nobody at the RDMA port", NobodyAsync),
        new("iwarp: the peer is killed in mid-transfer", KilledAsync),
        new("iwarp: the device is taken away and comes back", RemovalAsync),
    ];

    private static int Size(string variable, int ordinary) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : ordinary;

    private static async Task DescribeAsync(CancellationToken cancellationToken)
    {
        await using var bench = await SiwBench.CreateAsync(cancellationToken);
        var adapter = bench.Stack.Adapters.Single();
        Check.Equal($"siw:{SiwDevice.Interface}", adapter.Identity.Id);
        Check.Equal(EvidenceLevel.E2, adapter.Identity.Evidence);
        Check.Equal(OffloadModel.Rdma, adapter.Status.Capabilities.Model);
        Check.True(adapter.Status.Firmware is { Major: >= 6 }, adapter.Status.FirmwareText);
        Check.Equal(AdapterHealth.Healthy, adapter.Status.Health);
        Check.True(adapter.Status.Budgets.Single(static budget => budget.Table == "queue pairs").Limit > 1000);
    }

    private static async Task BothSidesAsync(CancellationToken cancellationToken)
    {
        await using var bench = await SiwBench.CreateAsync(cancellationToken);
        await using var listener = await bench.ListenAsync(cancellationToken);
        var (client, server) = await bench.PairAsync(listener, cancellationToken);
        await using var first = client;
        await using var second = server;
        using var plainClient = new TcpClient();
        await plainClient.ConnectAsync(listener.LocalEndPoint, cancellationToken);
        await using var plain = await listener.AcceptAsync(cancellationToken);

        foreach (var end in new[] { client, server })
            Check.Equal((OffloadModel.Rdma, OffloadConfidence.Confirmed), (end.Placement.Model!.Value, end.Placement.Confidence));
        Check.Equal(SiwBench.RdmaPort, client.RemoteEndPoint.Port);
        Check.Equal(client.LocalEndPoint, server.RemoteEndPoint);
        Check.True(plain.Placement.IsHostStack && plain.Placement.Reason.Is(ToeReasons.PeerNoRdma), $"{plain.Placement}");
        await client.SendAsync("by iWARP"u8.ToArray(), cancellationToken);
        await plainClient.GetStream().WriteAsync("by plain TCP"u8.ToArray(), cancellationToken);
        var buffer = new byte[64];
        Check.Equal(8, await server.ReceiveAsync(buffer, cancellationToken));
        Check.Equal(12, await plain.ReceiveAsync(buffer, cancellationToken));
        Check.Equal(3, bench.Stack.Connections.Count);
    }

    private static async Task TransferAsync(int size, CancellationToken cancellationToken)
    {
        await using var bench = await SiwBench.CreateAsync(cancellationToken);
        await using var listener = await bench.ListenAsync(cancellationToken);
        var (client, server) = await bench.PairAsync(listener, cancellationToken);
        await using var first = client;
        await using var second = server;
        var started = TimeProvider.System.GetTimestamp();
        var sent = Task.WhenAll(SendAsync(client, size, 1, cancellationToken), SendAsync(server, size, 2, cancellationToken));
        var received = Task.WhenAll(HashAsync(server, cancellationToken), HashAsync(client, cancellationToken));
        var (mine, theirs) = (await sent, await received);
        for (var i = 0; i < mine.Length; i++)
            Check.True(mine[i].AsSpan().SequenceEqual(theirs[i]), $"direction {i}");
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"     {size >> 20} MiB each way in {seconds:F1} s: {2.0 * size / (1 << 20) / seconds:F0} MiB/s in sum"));
    }

    private static async Task ManyAsync(int count, CancellationToken cancellationToken)
    {
        await using var bench = await SiwBench.CreateAsync(cancellationToken);
        await using var listener = await bench.ListenAsync(cancellationToken, count);
        await OpenAndCloseAsync(bench, listener, Math.Min(10, count), cancellationToken); // What is made once is made now.
        await QuietAsync(open: 1, cancellationToken);
        var before = Resources.Read();
        await OpenAndCloseAsync(bench, listener, count, cancellationToken);
        await QuietAsync(open: 1, cancellationToken);
        var after = await SettledAsync(before, cancellationToken);
        Check.True(after.Descriptors <= before.Descriptors, $"{before} before, {after} after");
        Check.True(after.Pinned <= before.Pinned, $"{before} before, {after} after");
        Check.True(after.Threads <= before.Threads + 4, $"{before} before, {after} after"); // The closer's own, which end by themselves.
        Check.Equal(0, RdmaLibrary.StuckCalls);
    }

    /// <summary>What the process holds when threads have put away what they had in hand; after ten seconds whatever it is.</summary>
    private static async Task<Resources> SettledAsync(Resources before, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var now = Resources.Read();
            if ((now.Descriptors <= before.Descriptors && now.Pinned <= before.Pinned) || TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(10))
                return now;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }

    private static async Task OpenAndCloseAsync(SiwBench bench, ToeListener listener, int count, CancellationToken cancellationToken)
    {
        var ends = new List<ToeConnection>();
        for (var i = 0; i < count; i++)
        {
            var (client, server) = await bench.PairAsync(listener, cancellationToken);
            ends.Add(client);
            ends.Add(server);
        }

        Check.Equal(2 * count, ends.Count(static end => end.Placement.Model == OffloadModel.Rdma));
        for (var i = 0; i < count; i++)
        {
            await ends[2 * i].SendAsync(BitConverter.GetBytes(i), cancellationToken);
            var number = new byte[4];
            Check.Equal(4, await ends[(2 * i) + 1].ReceiveAsync(number, cancellationToken));
            Check.Equal(i, BitConverter.ToInt32(number));
        }

        foreach (var end in ends)
            await end.DisposeAsync();
    }

    private static async Task IdleAsync(CancellationToken cancellationToken)
    {
        await using var bench = await SiwBench.CreateAsync(cancellationToken);
        await using var listener = await bench.ListenAsync(cancellationToken);
        var ends = new List<ToeConnection>();
        var waiting = new List<Task>();
        for (var i = 0; i < 100; i++)
        {
            var (client, server) = await bench.PairAsync(listener, cancellationToken);
            ends.AddRange([client, server]);
            waiting.AddRange([client.ReceiveAsync(new byte[1], cancellationToken).AsTask(), server.ReceiveAsync(new byte[1], cancellationToken).AsTask()]);
        }

        var before = Environment.CpuUsage.TotalTime;
        var started = TimeProvider.System.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, cancellationToken);
        var share = (Environment.CpuUsage.TotalTime - before) / TimeProvider.System.GetElapsedTime(started);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"     200 waiting ends use {share:P1} of a processor"));
        Check.True(share < 0.1, $"{share:P1}");
        foreach (var end in ends)
            end.Abort();
        foreach (var one in waiting)
            await one.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private static async Task HalfCloseAsync(CancellationToken cancellationToken)
    {
        await using var bench = await SiwBench.CreateAsync(cancellationToken);
        await using var listener = await bench.ListenAsync(cancellationToken);
        var (client, server) = await bench.PairAsync(listener, cancellationToken);
        await using var first = client;
        await using var second = server;
        var buffer = new byte[16];
        await client.SendAsync("question"u8.ToArray(), cancellationToken);
        await client.CompleteSendingAsync(cancellationToken);
        Check.Equal(8, await server.ReceiveAsync(buffer, cancellationToken));
        Check.Equal(0, await server.ReceiveAsync(buffer, cancellationToken));
        await server.SendAsync("answer"u8.ToArray(), cancellationToken);
        Check.Equal(6, await client.ReceiveAsync(buffer, cancellationToken));
        await server.CompleteSendingAsync(cancellationToken);
        Check.Equal(0, await client.ReceiveAsync(buffer, cancellationToken));
    }

    private static async Task CancelAsync(CancellationToken cancellationToken)
    {
        await using var bench = await SiwBench.CreateAsync(cancellationToken);
        await using var listener = await bench.ListenAsync(cancellationToken);
        var (client, server) = await bench.PairAsync(listener, cancellationToken);
        await using var first = client;
        await using var second = server;

        await CancelledAsync(token => listener.AcceptAsync(token).AsTask());
        await CancelledAsync(token => client.ReceiveAsync(new byte[1], token).AsTask());
        await CancelledAsync(token => client.SendAsync(new byte[16 << 20], token).AsTask()); // Nobody receives: the buffers are full soon.
        for (var milliseconds = 0; milliseconds < 20; milliseconds += 4)
            await CancelledAsync(token => bench.Stack.ConnectAsync(new ToeConnectRequest(new IPEndPoint(IPAddress.Parse("10.9.0.77"), 80)), token).AsTask(), milliseconds);
        var (third, fourth) = await bench.PairAsync(listener, cancellationToken); // All of it left the listener well.
        await third.DisposeAsync();
        await fourth.DisposeAsync();
        var pending = server.ReceiveAsync(new byte[64 << 20], cancellationToken).AsTask();
        await pending;
        server.Abort();
        try
        {
            while (await client.ReceiveAsync(new byte[1], cancellationToken) != 0)
            {
            }
        }
        catch (SocketException)
        {
            // The end of the stream or an error: rsockets have no reset of their own.
        }
    }

    private static async Task CancelledAsync(Func<CancellationToken, Task> run, int milliseconds = 50)
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System);
        try
        {
            await run(cancellation.Token);
            Check.True(false, "it ended by itself");
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
    }

    private static async Task NobodyAsync(CancellationToken cancellationToken)
    {
        await using var bench = await SiwBench.CreateAsync(cancellationToken);
        using var plain = new TcpListener(SiwDevice.Address, 0);
        plain.Start();
        await using var connection = await bench.Stack.ConnectAsync(new ToeConnectRequest(plain.LocalEndpoint), cancellationToken);
        Check.True(connection.Placement.IsHostStack && connection.Placement.Reason.Is(ToeReasons.PeerNoRdma), $"{connection.Placement}");
    }

    private static async Task KilledAsync(CancellationToken cancellationToken)
    {
        await using var bench = await SiwBench.CreateAsync(cancellationToken);
        await using var listener = await bench.ListenAsync(cancellationToken);
        using var peer = StreamPeer.Start("flood", listener.LocalEndPoint);
        await using var server = await listener.AcceptAsync(cancellationToken);
        var buffer = new byte[65536];
        for (var received = 0; received < 4 << 20;)
            received += await server.ReceiveAsync(buffer, cancellationToken);
        peer.Kill();
        try
        {
            while (await server.ReceiveAsync(buffer, cancellationToken) != 0)
            {
            }

            throw new GuestFailureException("its death looked like the end of the stream");
        }
        catch (SocketException exception)
        {
            Check.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        }

        await server.DisposeAsync();
        await QuietAsync(open: 1, cancellationToken);
    }

    private static async Task RemovalAsync(CancellationToken cancellationToken)
    {
        await using var bench = await SiwBench.CreateAsync(cancellationToken);
        await using var listener = await bench.ListenAsync(cancellationToken);
        var (client, server) = await bench.PairAsync(listener, cancellationToken);
        await using var first = client;
        await using var second = server;
        var receiving = client.ReceiveAsync(new byte[1], cancellationToken).AsTask();

        var started = TimeProvider.System.GetTimestamp();
        var removing = SiwDevice.RemoveAsync(cancellationToken); // Returns when the last user has let go.
        var lost = await LostAsync(receiving);
        Check.True(lost.Is(ToeReasons.HealthRemoved), $"{lost}");
        await removing;
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"     lost, closed and let go in {seconds:F2} s"));
        Check.True(seconds < 2, $"{seconds} s");

        await using (var onHost = await bench.ConnectAsync(listener, ToeMode.Prefer, cancellationToken))
            Check.True(onHost.Placement.IsHostStack, $"{onHost.Placement}");
        await (await listener.AcceptAsync(cancellationToken)).DisposeAsync();

        await SiwDevice.AddAsync(cancellationToken);
        while (listener.Trace.AdapterId is null)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        var (third, fourth) = await bench.PairAsync(listener, cancellationToken);
        await third.DisposeAsync();
        await fourth.DisposeAsync();
    }

    private static async Task<ToeReason> LostAsync(Task receiving)
    {
        try
        {
            await receiving;
        }
        catch (ToeConnectionLostException exception)
        {
            return exception.Reason;
        }

        throw new GuestFailureException("the connection ended without being lost");
    }

    private static async Task<byte[]> SendAsync(ToeConnection connection, int size, int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[256 * 1024];
        for (var sent = 0; sent < size; sent += buffer.Length)
        {
            random.NextBytes(buffer);
            hash.AppendData(buffer);
            await connection.SendAsync(buffer, cancellationToken);
        }

        await connection.CompleteSendingAsync(cancellationToken);
        return hash.GetHashAndReset();
    }

    private static async Task<byte[]> HashAsync(ToeConnection connection, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[256 * 1024];
        while (await connection.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
            hash.AppendData(buffer, 0, count);
        return hash.GetHashAndReset();
    }

    /// <summary>Closing is in the background: waits until the library has done it.</summary>
    private static async Task QuietAsync(int open, CancellationToken cancellationToken)
    {
        while (RdmaLibrary.OpenSockets > open)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
    }
}
