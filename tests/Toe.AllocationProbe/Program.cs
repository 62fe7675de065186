using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Toe;
using Toe.AllocationProbe;
using Toe.Emulated;
using Toe.Emulated.Links;

// Counts what this whole process allocates while two connections of a stack exchange small messages. In a process of its own, since the
// counter knows no threads; the test that starts it has the limit.
// Arguments: host or fabric; how many calls; optionally "metered".
var calls = int.Parse(args[1], CultureInfo.InvariantCulture);
using var meters = new MeterListener();
long metered = 0;
if (args.Contains("metered"))
{
    meters.InstrumentPublished = static (instrument, listener) =>
    {
        if (instrument is { Meter.Name: "Toe", Name: "toe.io" })
            listener.EnableMeasurementEvents(instrument);
    };
    meters.SetMeasurementEventCallback<long>((_, bytes, _, _) => Interlocked.Add(ref metered, bytes));
    meters.Start();
}

await using var stack = ToeStack.Create(builder =>
{
    if (args[0] == "fabric")
        builder.AddEmulated(new EmulatedFabricOptions { Fabric = new Fabric() });
    builder.Services.Configure<ToeOptions>(options =>
    {
        // Supervision runs by the clock and not by the call.
        options.RefreshInterval = options.ProbeInterval = TimeSpan.FromHours(1);
        options.Diagnostics.Endpoint = false;
    });
});
await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)));
var accepting = listener.AcceptAsync().AsTask();
await using var client = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint));
await using var server = await accepting;
if ((client.Placement.AdapterId is null) != (args[0] == "host"))
    throw new InvalidOperationException($"Placed on {client.Placement}.");

var traffic = new Traffic(client, server);
await traffic.RunAsync(calls / 20); // Warm: pools are filled and methods compiled.
var allocated = long.MaxValue;
for (var turn = 0; turn < 3 && allocated > 16 * 1024; turn++)
{
    // What the runtime allocates for itself comes once in a while; what a call allocates comes in every turn.
    GC.Collect();
    GC.WaitForPendingFinalizers();
    var before = GC.GetTotalAllocatedBytes(precise: true);
    await traffic.RunAsync(calls);
    allocated = Math.Min(allocated, GC.GetTotalAllocatedBytes(precise: true) - before);
}

Console.WriteLine($"allocated {allocated} metered {Interlocked.Read(ref metered)}");
