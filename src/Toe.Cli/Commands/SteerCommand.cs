using System.CommandLine;
using Toe.Chelsio;
using Toe.Linux;

namespace Toe.Cli.Commands;

/// <summary><c>toe steer</c>: the policy under which a Chelsio card takes exactly the sockets that the SDK steers; written, and loaded when asked to.</summary>
internal static class SteerCommand
{
    public static Command Create()
    {
        var adapter = new Argument<string>("SPEC") { Description = "chelsio,mark=N or chelsio,dscp=N, as for --adapter." };
        var load = new Option<string?>("--load") { Description = "Compile it with cop and load it with cxgbtool for the card that has this interface. As root.", HelpName = "INTERFACE" };
        var command = new Command("steer", "Write the connection offload policy for steered sockets to standard output, or load it.") { adapter, load };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = AdapterSpec.ParseChelsio(parsed.GetValue(adapter)!);
            if (parsed.GetValue(load) is not { } device)
            {
                await Console.Out.WriteAsync(Checked(() => ChelsioPolicy.Write(options))).ConfigureAwait(false);
                return ExitCode.Done;
            }

            if (!OperatingSystem.IsLinux())
                throw new UsageException("--load needs Linux.");
            using var host = new LiveHost();
            var problem = await Checked(() => ChelsioPolicy.LoadAsync(host, device, options, cancellationToken)).ConfigureAwait(false);
            await (problem is null ? Console.Out : Console.Error).WriteLineAsync(problem is null ? $"The policy is loaded for the card with {device}." : "toe: " + problem).ConfigureAwait(false);
            return problem is null ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static T Checked<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message);
        }
    }
}
