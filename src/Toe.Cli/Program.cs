using System.CommandLine;
using System.Runtime.InteropServices;
using Toe.Cli.Commands;
using Toe.Diagnostics;

namespace Toe.Cli;

internal static class Program
{
    internal static async Task<int> Main(string[] arguments)
    {
        var root = new RootCommand("TCP offload engines: adapters, decisions, connections.")
        {
            AdaptersCommand.Create(), ExplainCommand.Create(), ConnectCommand.Create(), ListenCommand.Create(), ConnectionsCommand.Create(),
            MoveCommand.CreateUpload(), MoveCommand.CreateOffload(), DrainCommand.Create(), CaptureCommand.Create(), RecordCommand.Create(), SteerCommand.Create(), ConformanceCommand.Create(),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync("toe: " + error.Message).ConfigureAwait(false);
            return ExitCode.Usage;
        }

        // Registered before anything runs: the command-line library would do it only after the command has started.
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(configuration, stop.Token).ConfigureAwait(false);
        }
        catch (UsageException exception)
        {
            await Console.Error.WriteLineAsync("toe: " + exception.Message).ConfigureAwait(false);
            return ExitCode.Usage;
        }
        catch (Exception exception) when (exception is NothingMatchedException or ToeProgramException { NothingMatched: true })
        {
            await Console.Error.WriteLineAsync("toe: " + exception.Message).ConfigureAwait(false);
            return ExitCode.NothingMatched;
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

        // The second signal ends the process as it would any other.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }
}
