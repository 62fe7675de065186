using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Toe.Testing;

namespace Toe.Docs.Tests;

/// <summary>docs/events.md has a row for each log event. Id, name, level and message are written from the code; category, severity and what to do by hand.</summary>
public sealed partial class EventsPageTests
{
    private const string Path = "docs/events.md";

    [Fact]
    public void Table_IsTheCodes()
    {
        var written = Rows().ToDictionary(static cells => cells[0], static cells => string.Join(" | ", cells[4..]), StringComparer.Ordinal);
        var table = new StringBuilder("| Id | Name | Level | Message | Category | Severity | What to do |\n|---|---|---|---|---|---|---|\n");
        foreach (var one in LogEvent.All)
        {
            var id = one.Id.ToString(CultureInfo.InvariantCulture);
            table.Append($"| {id} | {one.Name} | {one.Level} | {one.Message.Replace("|", "\\|", StringComparison.Ordinal)} | {written.GetValueOrDefault(id, "? | ? | ?")} |\n");
        }

        GeneratedPart.Check(Path, "events", table.ToString());
    }

    [Fact]
    public void EveryRow_SaysHowGraveItIs_AndWhatToDo() => Assert.All(Rows(), static cells =>
    {
        Assert.Equal(7, cells.Length);
        Assert.Contains(cells[5], (string[])["none", "watch", "act"]);
        Assert.True(cells[6].Length > 1, $"{cells[0]} does not say what to do");
    });

    [Fact]
    public void EveryCategory_IsAPackages_OrATypes() => Assert.All(Rows(), static cells =>
    {
        var categories = Category().Matches(cells[4]).Select(static match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(categories);
        Assert.All(categories, static category => Assert.True(
            category is "Toe" or "Toe.*.*Provider" || Assemblies.All.Any(assembly => assembly.GetName().Name == category || assembly.GetType(category) is not null), $"{category} is nobody's category"));
    });

    [Fact]
    public void Ids_AreUnique() =>
        Assert.Empty(LogEvent.All.GroupBy(static one => one.Id).Where(static same => same.Count() > 1).Select(static same => string.Join(", ", same)));

    [Fact]
    public void Ids_LieInThePackagesRanges()
    {
        var ranges = File.ReadLines(Repository.PathOf(Path)).Select(static line => Range().Match(line)).Where(static match => match.Success)
            .Select(static match => (First: Number(match, 1), Last: Number(match, 2), Package: match.Groups[3].Value)).ToList();

        Assert.All(LogEvent.All, one => Assert.Equal(one.Assembly, ranges.Single(range => range.First <= one.Id && one.Id <= range.Last).Package));
    }

    private static IEnumerable<string[]> Rows() => File.ReadLines(Repository.PathOf(Path)).Where(static line => Row().IsMatch(line))
        .Select(static line => line.Trim('|', ' ').Split(" | "));

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| \d{4} \|")]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Category();

    [GeneratedRegex(@"^\| (\d{4})–(\d{4}) \| (Toe\.\w+) \|")]
    private static partial Regex Range();
}
