using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Quickstart;
using Toe;
using Toe.Emulated;

// Usage: dotnet run --project samples/Quickstart [FILE] [--serve]
var serve = args.Contains("--serve");
var path = args.FirstOrDefault(argument => !argument.StartsWith("--", StringComparison.Ordinal));
if (path is not null && !File.Exists(path))
{
    Console.Error.WriteLine($"{path}: no such file");
    return 1;
}

using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(18));
using var sample = new SampleFile(path);
try
{
    return await RunAsync(sample, serve, limit.Token);
}
catch (Exception exception)
{
    Console.Error.WriteLine($"failed: {exception.Message}");
    return 1;
}

static async Task<int> RunAsync(SampleFile file, bool serve, CancellationToken limit)
{
    // The card is kept at hand to work its faults; an application would write builder.AddEmulated() and be done.
    var provider = new EmulatedProvider();
    await using var stack = ToeStack.Create(builder => builder.AddEmulated(provider));
    await stack.StartAsync(limit);
    var card = provider.Cards[0];

    await using var server = new FileServer(await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)), limit), file.Path);
    server.Start();
    var expected = await file.HashAsync(limit);
    Console.WriteLine($"serving {file.Path} ({file.Length:N0} bytes) on {server.EndPoint}");

    Heading("1. A file over an offloaded connection");
    var good = await FetchAsync(stack, server.EndPoint, expected, showTable: true, limit);

    Heading("2. The card's firmware crashes under load");
    good &= await CrashUnderLoadAsync(stack, card, server.EndPoint, file.Length, limit);
    Console.WriteLine("new connections go to the host stack:");
    good &= await FetchAsync(stack, server.EndPoint, expected, showTable: false, limit, onAdapter: false);
    await card.ResetAsync();
    await OffloadedAgainAsync(stack, server.EndPoint, limit);
    Console.WriteLine("after the card's recovery they are offloaded again:");
    good &= await FetchAsync(stack, server.EndPoint, expected, showTable: false, limit, onAdapter: true);

    Heading("3. Blocked firmware");
    card.LoadFirmware("1.1.3");
    await stack.RefreshAsync(limit);
    good &= await FetchAsync(stack, server.EndPoint, expected, showTable: false, limit, onAdapter: false);
    card.LoadFirmware("1.2.0");
    await OffloadedAgainAsync(stack, server.EndPoint, limit);
    Console.WriteLine("good firmware again:");
    good &= await FetchAsync(stack, server.EndPoint, expected, showTable: false, limit, onAdapter: true);

    if (serve)
        await ServeForAMomentAsync(server.EndPoint);
    Console.WriteLine();
    Console.WriteLine(good ? "summary: every byte was right, every connection ran where it should" : "summary: something was NOT right, see above");
    return good ? 0 : 1;
}

// Fetches the file and says where the connection ran, and why.
static async Task<bool> FetchAsync(
    ToeStack stack, IPEndPoint server, string expected, bool showTable, CancellationToken limit, bool? onAdapter = null)
{
    ToeConnection? used = null;
    using var handler = new SocketsHttpHandler
    {
        ConnectCallback = async (_, token) => (used = await stack.ConnectAsync(new ToeConnectRequest(server), token)).AsStream(),
    };
    using var client = new HttpClient(handler);
    await using var body = await client.GetStreamAsync(new Uri($"http://{server}/"), limit);
    if (showTable)
        ShowTable(stack);
    var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(body, limit));
    Console.WriteLine($"sha256 {hash} {(hash == expected ? "equal" : "DIFFERENT")}");
    Console.WriteLine(Indent(used!.Trace.ToString(), whole: showTable));
    return hash == expected && (onAdapter is null || onAdapter == !used.Placement.IsHostStack);
}

// Crashes the card in the middle of a transfer: the connection ends at once, with a reason, and what arrived is right.
static async Task<bool> CrashUnderLoadAsync(ToeStack stack, EmulatedCard card, IPEndPoint server, long size, CancellationToken limit)
{
    await using var connection = await stack.ConnectAsync(new ToeConnectRequest(server), limit);
    await connection.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), limit);
    var buffer = new byte[64 * 1024];
    long received = 0;
    try
    {
        while (await connection.ReceiveAsync(buffer, limit) is > 0 and var bytes)
        {
            received += bytes;
            if (received > size / 4)
                card.Crash();
        }
    }
    catch (ToeConnectionLostException lost)
    {
        Console.WriteLine($"after {received:N0} bytes: {lost.Message}");
        return received > 0;
    }

    Console.WriteLine("the transfer did not notice the crash");
    return false;
}

// The stack judges the firmware of a card that came back, and listens on it again, by itself; this only waits until it has.
static async Task OffloadedAgainAsync(ToeStack stack, IPEndPoint server, CancellationToken limit)
{
    using var turn = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
    while (stack.Explain(new ToeConnectRequest(server)).AdapterId is null)
        await turn.WaitForNextTickAsync(limit);
}

static async Task ServeForAMomentAsync(IPEndPoint server)
{
    Heading("Try it");
    Console.WriteLine($"curl http://{server}/ | sha256sum        (from another terminal, for the next 10 seconds)");
    using var moment = new PeriodicTimer(TimeSpan.FromSeconds(10));
    await moment.WaitForNextTickAsync();
}

static void ShowTable(ToeStack stack)
{
    Console.WriteLine("id  local                  remote                 state        placement          bytes sent   bytes received");
    foreach (var info in stack.Connections.Select(connection => connection.GetInfo()))
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{info.Id,-3} {info.Local,-22} {info.Remote,-22} {info.State,-12} {info.Placement.AdapterId ?? "HostStack",-18} {info.BytesSent,10} {info.BytesReceived,14}"));
    }
}

static void Heading(string text) => Console.WriteLine($"{Environment.NewLine}== {text}");

// The whole trace once; later only what speaks against an adapter.
static string Indent(string trace, bool whole) => string.Join(
    Environment.NewLine,
    trace.Split(Environment.NewLine).Where(line => whole || !(line.EndsWith(" Pass", StringComparison.Ordinal) || line.EndsWith(" NotApplicable", StringComparison.Ordinal)))
        .Select(line => "  " + line));
