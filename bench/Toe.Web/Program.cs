using System.Globalization;
using System.Text.Json;
using Toe.Bench;
using Toe.Web;

string? only = null, results = null;
var json = false;
var pairs = PairLimits.Default.Maximum;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--only" when i + 1 < args.Length:
            only = args[++i];
            break;
        case "--pairs" when i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out pairs):
            i++;
            break;
        case "--results" when i + 1 < args.Length:
            results = args[++i];
            break;
        case "--json":
            json = true;
            break;
        default:
            await Console.Error.WriteLineAsync("usage: bench/web [--only ROW] [--pairs MOST] [--json] [--results FOLDER]");
            return 2;
    }
}

var rows = WebRow.All.Where(row => only is null || row.Id == only).ToList();
if (rows.Count == 0)
{
    await Console.Error.WriteLineAsync($"no row named {only}");
    return 3;
}

var measured = new List<WebResult>();
var time = TimeProvider.System.GetUtcNow();
foreach (var row in rows)
{
    measured.Add(await row.MeasureAsync(pairs));
    await Console.Error.WriteLineAsync(string.Join(" | ", measured[^1].Cells()));
}

var command = string.Join(' ', ["bench/web", .. args]);
var document = JsonSerializer.Serialize(new { commit = Checkout.Commit(), command, time, rows = measured.Select(result => result.ToJson()) }, new JsonSerializerOptions { WriteIndented = true });
string[] lines =
[
    "# Kestrel on the stack", "", string.Create(CultureInfo.InvariantCulture, $"`{command}` at {time:yyyy-MM-dd HH:mm} UTC, commit {Checkout.Commit()}, {Environment.ProcessorCount} processors."), "",
    Line(WebResult.Head), Line([.. WebResult.Head.Select(_ => "---")]), .. measured.Select(result => Line(result.Cells())),
];
Console.WriteLine(json ? document : string.Join('\n', lines));
if (results is not null)
{
    await File.WriteAllTextAsync(Path.Combine(results, "web.json"), document + "\n");
    await File.WriteAllLinesAsync(Path.Combine(results, "web.md"), lines);
}

return measured.Exists(result => result.IsMiss) ? 1 : 0;

static string Line(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells)} |";
