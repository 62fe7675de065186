using System.CommandLine;
using System.Net;
using Toe.Cli.Conforming;
using Toe.Cli.Output;
using Toe.Conformance;
using Toe.Emulated;
using Toe.Linux;

namespace Toe.Cli.Commands;

/// <summary><c>toe conformance</c>: tries the requirements of the contract on an adapter.</summary>
internal static class ConformanceCommand
{
    private const string Broken = ",broken=";

    public static Command Create()
    {
        var adapter = new Option<string?>("--adapter")
        {
            Description = "What is tried: emulated:fabric[,broken=NAME]; emulated:tap=NAME,address=CIDR, whose peer is this host's kernel; any other with --peer; chelsio or qlogic with --image.",
            HelpName = "SPEC",
        };
        var peer = new Option<string?>("--peer") { Description = "Another machine, or network namespace, that runs toe conformance peer, as the adapter's peer.", HelpName = "ADDRESS:PORT" };
        var address = new Option<string[]>("--address") { Description = "With --peer: the adapter's address, if it is not the host's own on the way there. Repeatable, one of a family.", HelpName = "ADDRESS" };
        var profile = new Option<string>("--profile") { Description = "Limits and grammar of an emulated card: default, t6, 57810.", DefaultValueFactory = _ => "default" };
        var image = new Option<string?>("--image") { Description = "Play a machine back from this folder: only what needs no wire is tried.", HelpName = "DIR" };
        var reports = new Option<string[]>("--report") { Description = "Write a report: .json, .md, .html or .xml (JUnit) by the ending. Repeatable.", HelpName = "FILE" };
        var only = new Option<string[]>("--only") { Description = "Requirements by id or suite. Repeatable.", HelpName = "ID|SUITE" };
        var seed = new Option<int>("--seed") { Description = "The seed of everything random.", DefaultValueFactory = _ => 1 };
        var strict = new Option<bool>("--strict") { Description = "Fail where the environment lacks something." };
        var listBroken = new Option<bool>("--list-broken") { Description = "List the providers with a defect that the kit itself is proven by." };
        var json = new Option<bool>("--json") { Description = "Write the report as JSON." };
        var command = new Command("conformance", "Try the requirements of the provider contract on an adapter.")
        {
            adapter, peer, address, profile, image, reports, only, seed, strict, listBroken, json, ConformancePeerCommand.Create(),
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(listBroken))
                return ListBroken();
            var spec = parsed.GetValue(adapter) ?? throw new UsageException("--adapter is needed.");
            var files = (parsed.GetValue(reports) ?? []).Select(ReportFile).ToList();
            var run = new ConformanceOptions { Seed = parsed.GetValue(seed), IsStrict = parsed.GetValue(strict), Command = CommandOf(parsed) };
            var isJson = parsed.GetValue(json);
            var report = await ConformanceKit.RunAsync(
                FixtureOf(spec, parsed.GetValue(profile)!, parsed.GetValue(image), RemoteOf(parsed.GetValue(peer), parsed.GetValue(address) ?? [])), run, Chosen(parsed.GetValue(only) ?? []), isJson ? null : Tell, cancellationToken).ConfigureAwait(false);
            foreach (var (path, format) in files)
                await File.WriteAllTextAsync(path, ReportWriter.Write(report, format), cancellationToken).ConfigureAwait(false);
            if (isJson)
                await Console.Out.WriteAsync(ReportWriter.Write(report, ReportFormat.Json)).ConfigureAwait(false);
            else if (report.Subject.Adapter is not null)
                Console.Out.WriteLine(report);
            if (report.Subject.Adapter is null)
                throw new NothingMatchedException(report.Subject.Missing);
            return report.IsGood ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    /// <summary>What was asked, but for where to write it.</summary>
    private static string CommandOf(ParseResult parsed)
    {
        var words = new List<string> { "toe" };
        for (var i = 0; i < parsed.Tokens.Count; i++)
        {
            if (parsed.Tokens[i].Value == "--report")
                i++;
            else if (parsed.Tokens[i].Value != "--json")
                words.Add(parsed.Tokens[i].Value);
        }

        return string.Join(' ', words);
    }

    private static ConformanceFixture FixtureOf(string text, string profile, string? image, (IPEndPoint Control, List<IPAddress> Addresses)? remote)
    {
        var at = text.IndexOf(Broken, StringComparison.Ordinal);
        var spec = AdapterSpec.Parse(at < 0 ? text : text[..at], profile);
        ConformanceFixture fixture = spec.Link switch
        {
            not EmulatedFabricOptions when image is null && remote is { } other => new RemoteFixture(text, spec, other.Control, other.Addresses),
            EmulatedFabricOptions fabric when image is null => new FabricFixture(fabric),
            EmulatedTapOptions tap when image is null => new TapFixture(tap),
            null when image is not null => new ImageFixture(spec, HostImage.Open(image), image),
            _ => throw new UsageException($"--adapter {text}: its peer is another machine: run toe conformance peer there, and name it with --peer. Without one emulated:fabric, emulated:tap=NAME,address=CIDR and, with --image, chelsio and qlogic can be tried."),
        };
        if (at < 0)
            return fixture;
        var name = text[(at + Broken.Length)..];
        return new BrokenFixture(fixture, BrokenProviders.Find(name) ?? throw new UsageException($"--adapter {text}: no defect '{name}'; --list-broken names them."));
    }

    private static (IPEndPoint Control, List<IPAddress> Addresses)? RemoteOf(string? peer, string[] addresses)
    {
        if (peer is null)
            return addresses.Length == 0 ? null : throw new UsageException("--address is the adapter's address for a --peer.");
        if (!IPEndPoint.TryParse(peer, out var control) || control.Port == 0)
            throw new UsageException($"--peer {peer}: ADDRESS:PORT is needed.");
        return (control, [.. addresses.Select(static text => IPAddress.TryParse(text, out var address) ? address : throw new UsageException($"--address {text}: no address."))]);
    }

    private static List<Requirement>? Chosen(string[] only)
    {
        if (only.Length == 0)
            return null;
        var chosen = ConformanceKit.Requirements.Where(requirement => only.Any(one => IsNamed(requirement, one))).ToList();
        var unknown = only.FirstOrDefault(one => !chosen.Exists(requirement => IsNamed(requirement, one)));
        return unknown is null ? chosen : throw new UsageException($"--only {unknown}: no such requirement or suite.");

        static bool IsNamed(Requirement requirement, string name) =>
            string.Equals(requirement.Id, name, StringComparison.OrdinalIgnoreCase) || string.Equals(requirement.Suite, name, StringComparison.OrdinalIgnoreCase);
    }

    private static (string Path, ReportFormat Format) ReportFile(string path) =>
        (path, ReportWriter.FormatOf(path) ?? throw new UsageException($"--report {path}: the ending is to be .json, .md, .html or .xml."));

    private static int ListBroken()
    {
        Printer.WriteTable(["Name", "Found by"], [.. BrokenProviders.All.Select(static variant => (IReadOnlyList<string>)[variant.Name, string.Join(", ", variant.Breaks)])]);
        return ExitCode.Done;
    }

    private static void Tell(RequirementResult result)
    {
        if (result.Outcome != Outcome.Pass)
            Console.Out.WriteLine($"{result.Outcome,-14} {result.Requirement}{(result.Detail.Length > 0 ? $" — {result.Detail}" : "")}");
    }
}
