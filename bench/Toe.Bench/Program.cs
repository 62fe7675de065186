using System.Text.Json;
using Toe.Bench;

string? only = null;
var json = false;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--only" when i + 1 < args.Length:
            only = args[++i];
            break;
        case "--json":
            json = true;
            break;
        default:
            await Console.Error.WriteLineAsync("usage: bench/run [--only ROW] [--json]");
            return 2;
    }
}

var rows = HostPath.Rows.Where(row => only is null || row.Id == only).ToList();
if (rows.Count == 0)
{
    await Console.Error.WriteLineAsync($"no row named {only}");
    return 3;
}

var results = new List<RowResult>();
foreach (var row in rows)
{
    results.Add(await row.MeasureAsync());
    if (!json)
        Console.WriteLine(results[^1]);
}

if (json)
{
    var document = new { commit = Checkout.Commit(), rows = results.Select(result => result.ToJson()) };
    Console.WriteLine(JsonSerializer.Serialize(document, new JsonSerializerOptions { WriteIndented = true }));
}

return results.TrueForAll(result => result.Reached) ? 0 : 1;
