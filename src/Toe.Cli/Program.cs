using System.CommandLine;
using Toe.Cli.Commands;

namespace Toe.Cli;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        var root = new RootCommand("TCP offload engines: adapters, decisions, connections.")
        {
            AdaptersCommand.Create(), ExplainCommand.Create(), ConnectCommand.Create(), ListenCommand.Create(), ConnectionsCommand.Create(),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync("toe: " + error.Message).ConfigureAwait(false);
            return ExitCode.Usage;
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(10), // After a signal: connections are closed, and that is the end that was asked for.
            };
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }
        catch (UsageException exception)
        {
            await Console.Error.WriteLineAsync("toe: " + exception.Message).ConfigureAwait(false);
            return ExitCode.Usage;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
        catch (Exception exception)
        {
            await Console.Error.WriteLineAsync("toe: " + exception.Message).ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }
}
