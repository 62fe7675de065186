using System.CommandLine;
using System.Globalization;
using Toe.Emulated.Links;
using Toe.Moves;

var moves = new Option<int>("--moves") { Description = "Moves in all", DefaultValueFactory = static _ => 300 };
var each = new Option<int>("--each") { Description = "Moves of a connection", DefaultValueFactory = static _ => 50 };
var seed = new Option<int>("--seed") { Description = "The first connection's seed", DefaultValueFactory = static _ => Random.Shared.Next(1_000_000) };
var loss = new Option<double>("--loss") { Description = "Percent of the packets that are lost, each way" };
var reordering = new Option<double>("--reordering") { Description = "Percent of the packets that come a millisecond late, each way" };
var delay = new Option<double>("--delay") { Description = "Milliseconds that a packet is under way, each way" };
var pauses = new Option<bool>("--pauses") { Description = "Requests and answers of up to 64 KiB, and how long the peer hears nothing for a move, from a capture" };
var results = new Option<string?>("--results") { Description = "A file the report is added to; last, since the report names the options before it" };
var command = new RootCommand("Moves connections between the kernel and the engine on one interface, against an unmodified kernel, under random traffic. As root.")
{
    moves, each, seed, loss, reordering, delay, pauses, results,
};
command.SetAction(async (line, cancelled) =>
{
    var (lost, late, under) = (line.GetValue(loss) / 100, line.GetValue(reordering) / 100, TimeSpan.FromMilliseconds(line.GetValue(delay)));
    var first = line.GetValue(seed);
    var faults = lost + late + under.Ticks > 0 ? new LinkFaults { Seed = first, Loss = lost, Reordering = late, Delay = under } : null;
    var connections = Math.Max(1, line.GetValue(moves) / line.GetValue(each));
    var tally = await new Run(connections, line.GetValue(each), first, faults, line.GetValue(pauses)).DoAsync();
    string[] report =
    [
        $"## bench/moves {string.Join(' ', args.TakeWhile(word => word != results.Name))}",
        "",
        string.Create(CultureInfo.InvariantCulture, $"Commit {Checkout.Commit()}, seeds {first} to {first + connections - 1}."),
        "",
        .. tally.Lines(out var isGood),
        "",
    ];
    Console.WriteLine(string.Join(Environment.NewLine, report));
    if (line.GetValue(results) is { } file)
        await File.AppendAllLinesAsync(file, report, cancelled);
    return isGood ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
