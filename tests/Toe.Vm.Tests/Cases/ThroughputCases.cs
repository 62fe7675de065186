using System.Globalization;
using System.Net;
using System.Runtime.Versioning;
using Toe.Vm.Tests.Devices;

namespace Toe.Vm.Tests.Cases;

/// <summary>Our path beside librdmacm's own program, in pairs in one run: reported, never judged in a test run (<c>bench/long/iwarp</c>).</summary>
[SupportedOSPlatform("linux")]
internal static class ThroughputCases
{
    private const int Pairs = 9;

    public static readonly GuestCase[] All =
    [
        .. Compare("pieces of 64 KiB", new Rstream.Plan(65536, 200, 1)),
        .. Compare("pieces of 1 MiB", new Rstream.Plan(1 << 20, 16, 1)),
        .. Compare("pieces of 1 KiB", new Rstream.Plan(1024, 4000, 1)),
        .. Compare("64 bytes there and back", new Rstream.Plan(64, 1, 1000)),
    ];

    private static GuestCase[] Compare(string what, Rstream.Plan plan) =>
    [
        new($"throughput: {what}, beside rstream", token => CompareAsync(plan, isInline: false, token)) { OnlyByName = true },
        new($"throughput: {what}, scheduled inline, beside rstream", token => CompareAsync(plan, isInline: true, token)) { OnlyByName = true },
    ];

    private static async Task CompareAsync(Rstream.Plan plan, bool isInline, CancellationToken cancellationToken)
    {
        await using var bench = await SiwBench.CreateAsync(cancellationToken, isInline);
        await using var listener = await bench.ListenAsync(cancellationToken);
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var pair = 0; pair <= Pairs; pair++)
        {
            var (our, their) = (await OursAsync(listener, plan, isInline, cancellationToken), await TheirsAsync(plan, 8000 + pair, cancellationToken));
            if (pair == 0)
                continue; // The first pass warms up.
            ours.Add(our);
            theirs.Add(their);
        }

        var ratios = ours.Zip(theirs, static (our, their) => our / their).ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"     ours {Median(ours) / 1e6:F1} Mb/s, rstream {Median(theirs) / 1e6:F1} Mb/s, median ratio of {Pairs} pairs {Median(ratios):F2} ({ratios.Min():F2} to {ratios.Max():F2})"));
    }

    private static async Task<double> OursAsync(ToeListener listener, Rstream.Plan plan, bool isInline, CancellationToken cancellationToken)
    {
        using var peer = StreamPeer.Start(isInline ? "inline" : "rstream", listener.LocalEndPoint, plan);
        await using var connection = await listener.AcceptAsync(cancellationToken);
        Check.Equal(OffloadModel.Rdma, connection.Placement.Model!.Value);
        var seconds = await StreamPeer.ServeAsync(connection, plan, cancellationToken);
        await connection.DisposeAsync();
        await peer.WaitForExitAsync(cancellationToken);
        return plan.Bytes * 8 / seconds;
    }

    private static async Task<double> TheirsAsync(Rstream.Plan plan, int port, CancellationToken cancellationToken)
    {
        var local = new IPEndPoint(SiwDevice.Address, port);
        using var server = Rstream.Serve(local, plan, "b");
        while (true)
        {
            using var client = Rstream.Connect(local, plan, "b");
            try
            {
                var bits = await client.EndAsync(cancellationToken);
                await server.EndAsync(cancellationToken);
                return bits;
            }
            catch (GuestFailureException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken); // The server is starting.
            }
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
