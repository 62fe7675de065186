using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Toe.Chelsio;
using Toe.Iwarp.Siw;
using Toe.Linux;
using Toe.QLogic;

namespace Toe.Cli;

/// <summary>The options that all commands with a stack share, and the stack they make.</summary>
internal sealed class StackOptions
{
    private readonly Option<string[]> _adapters = new("--adapter")
    {
        Description = "An adapter to use, in order of preference: emulated:fabric, emulated:tap=NAME,address=CIDR[,gateway=IP][,offloads=off]; both may go on with ,shards=N (threads, on TAP with a queue each),capture=FILE (pcapng),firmware=TEXT,loss=RATE,reordering=RATE,duplication=RATE,corruption=RATE,delay=MS,seed=N; chelsio[,mark=N|,dscp=N]; qlogic[,port=N]; siw[,port=N], where N is the port on which the peers, and listeners here, speak rsockets.",
        HelpName = "SPEC",
    };

    private readonly Option<string[]> _providers = new("--provider") { Description = "Another vendor's provider assembly.", HelpName = "PATH" };
    private readonly Option<string> _profile = new("--profile")
    {
        Description = "Limits and grammar of emulated cards: default, t6, 57810.",
        DefaultValueFactory = _ => "default",
    };

    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Log to standard error." };

    private readonly Option<string?> _image = new("--image") { Description = "Play a machine back from this folder instead of looking at the one here.", HelpName = "DIR" };

    private readonly Option<string?> _moment = new("--moment") { Description = "The moment of the image to move to.", HelpName = "NAME" };

    public Option<bool> Json { get; } = new("--json") { Description = "Write JSON." };

    public Option<ToeMode?> Mode { get; } = new("--mode") { Description = "require, prefer or forbid.", HelpName = "require|prefer|forbid" };

    public void AddTo(Command command, bool withMode = true)
    {
        command.Add(_adapters);
        command.Add(_providers);
        command.Add(_profile);
        command.Add(_image);
        command.Add(_moment);
        command.Add(_verbose);
        command.Add(Json);
        if (withMode)
            command.Add(Mode);
    }

    /// <summary>Makes the stack. Without <c>--adapter</c> and <c>--provider</c> it has the providers that need no setting: those of hardware, and Soft-iWARP.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The tool is not trimmed.")]
    public async Task<ToeStack> CreateStackAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var profile = parsed.GetValue(_profile)!;
        var specs = (parsed.GetValue(_adapters) ?? []).Select(text => AdapterSpec.Parse(text, profile)).ToList();
        var paths = parsed.GetValue(_providers) ?? [];
        var image = OpenImage(parsed);
        var level = parsed.GetValue(_verbose) ? LogLevel.Information : LogLevel.Error;
        var stack = ToeStack.Create(builder =>
        {
            builder.Services.AddLogging(logging => logging.SetMinimumLevel(level).AddSimpleConsole(console => console.SingleLine = true));
            builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            if (image is not null)
                builder.UseHost(image);
            foreach (var spec in specs)
                spec.AddTo(builder);
            if (specs.Count == 0 && paths.Length == 0)
                builder.AddChelsio().AddQLogic().AddSiw();
            foreach (var path in paths)
            {
                var provider = ProviderLoader.TryLoad(path, out var reason) ?? throw new InvalidOperationException($"--provider {path}: {reason}");
                builder.AddProvider(_ => provider);
            }
        });
        await stack.StartAsync(cancellationToken).ConfigureAwait(false);
        return stack;
    }

    private HostImage? OpenImage(ParseResult parsed)
    {
        var moment = parsed.GetValue(_moment);
        if (parsed.GetValue(_image) is not { } directory)
            return moment is null ? null : throw new UsageException("--moment goes with --image.");
        var image = HostImage.Open(directory);
        if (moment is not null && !image.Moments.Contains(moment, StringComparer.Ordinal))
            throw new UsageException($"--moment {moment}: {(image.Moments.Count == 0 ? "the image has none" : $"{string.Join(", ", image.Moments)} are known")}.");
        image.MoveTo(moment);
        return image;
    }
}
