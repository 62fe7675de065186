using Toe.PackageCheck;

// Usage: Toe.PackageCheck FEED REPOSITORY
// Reads the packages of a folder and says what in them is not as it should be.
var (feed, repository) = (args[0], args[1]);
var expected = Directory.GetFiles(Path.Combine(repository, "src"), "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).ToList();
var table = DependencyTable.Read(Path.Combine(repository, "docs", "packages.md"));
var problems = new List<string>();
var found = new List<string>();
foreach (var path in Directory.GetFiles(feed, "*.nupkg").Order(StringComparer.Ordinal))
{
    using var package = new PackageFile(path);
    found.Add(package.Id);
    string[] all = [.. MetadataRules.Problems(package), .. ContentRules.Problems(package), .. table.Problems(package), .. SnippetRules.Problems(package, repository)];
    problems.AddRange(all.Select(problem => $"{package.Id}: {problem}"));
}

problems.AddRange(expected.Except(found).Select(id => $"{id}: not packed"));
problems.AddRange(table.Ids.Except(found).Select(id => $"{id}: in docs/packages.md, and not packed"));
foreach (var problem in problems)
    Console.Error.WriteLine(problem);
Console.WriteLine($"{found.Count} packages read, {problems.Count} problems");
return problems.Count == 0 && found.Count > 0 ? 0 : 1;
