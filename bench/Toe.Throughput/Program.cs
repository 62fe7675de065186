using System.Runtime.InteropServices;
using Toe.Throughput;
using Toe.Throughput.Ends;
using Toe.Throughput.Kernel;
using Toe.Throughput.Report;
using Toe.Throughput.Rows;

// An interrupt reaches the children of a terminal's program too: they wait for it to end them.
using var ignored = args is ["drive" or "serve", ..] ? PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true) : null;
switch (args)
{
    case ["drive"]:
        Console.WriteLine(Serve.Ready);
        Driver.Run();
        return 0;
    case ["serve", .. var end]:
        await Serve.RunAsync(end);
        return 0;
}

if (CommandLine.TryParse(args) is not { } line)
{
    await Console.Error.WriteLineAsync(CommandLine.Usage);
    return 2;
}

var rows = Catalogue.Rows(line.Peers).Where(row => line.Only is null || row.IsNamed(line.Only)).ToList();
if (line.IsList)
{
    rows.ForEach(row => Console.WriteLine(row.Id));
    return 0;
}

if (rows.Count == 0)
{
    await Console.Error.WriteLineAsync($"no row named {line.Only}");
    return 3;
}

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var (machine, time) = (Machine.Read(), TimeProvider.System.GetUtcNow());
var results = new List<RowResult>();
await using (var session = new Session(line.IsQuick, line.Pairs, stop.Token))
{
    try
    {
        foreach (var row in rows)
        {
            results.Add(await row.RunAsync(session));
            await Console.Error.WriteLineAsync(string.Join(" | ", results[^1].Cells()));
        }
    }
    catch (OperationCanceledException)
    {
        await Console.Error.WriteLineAsync("interrupted; what was measured so far:");
    }
}

var document = new Document(machine, Checkout.Commit(), string.Join(' ', ["bench/throughput", .. args]), time, results);
Console.Write(line.IsJson ? document.ToJson() + "\n" : document.ToMarkdown());
if (line.Results is { } folder)
    document.Save(folder);
if (stop.IsCancellationRequested)
    return 130;
return !line.IsQuick && results.Exists(result => result.IsMiss) ? 1 : 0;

void Stop(PosixSignalContext context)
{
    context.Cancel = true; // The namespaces are removed first.
    stop.Cancel();
}
