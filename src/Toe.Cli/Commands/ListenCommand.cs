using System.CommandLine;
using Toe.Cli.Serving;

namespace Toe.Cli.Commands;

/// <summary><c>toe listen</c>: serves many clients until it is told to stop; without a service, one client on standard input and output.</summary>
internal static class ListenCommand
{
    public static Command Create()
    {
        var options = new StackOptions();
        var local = new Argument<string>("ADDR:PORT") { Description = "Where to listen; port 0 chooses one." };
        var echo = new Option<bool>("--echo") { Description = "Send back what comes." };
        var discard = new Option<bool>("--discard") { Description = "Read and forget." };
        var source = new Option<long?>("--source") { Description = "Send so many bytes to each client.", HelpName = "BYTES" };
        var serve = new Option<string?>("--serve") { Description = "Serve the files of a folder by HTTP/1.1.", HelpName = "DIR" };
        var ready = new Option<string?>("--ready-file") { Description = "Written when the listener accepts, with the bound endpoint in it.", HelpName = "PATH" };
        var command = new Command("listen", "Listen, and serve many clients until SIGTERM.") { local, echo, discard, source, serve, ready };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var endpoint = EndpointArgument.ParseLocal(parsed.GetValue(local)!);
            var service = ServiceFor(parsed.GetValue(echo), parsed.GetValue(discard), parsed.GetValue(source), parsed.GetValue(serve));
            var readyFile = parsed.GetValue(ready) is { } path ? new ReadyFile(path) : null;
            var stack = await options.CreateStackAsync(parsed, cancellationToken).ConfigureAwait(false);
            await using (stack.ConfigureAwait(false))
            {
                var listener = await stack.ListenAsync(new ToeListenRequest(endpoint) { Mode = parsed.GetValue(options.Mode) }, cancellationToken)
                    .ConfigureAwait(false);
                await using (listener.ConfigureAwait(false))
                {
                    await Console.Error.WriteLineAsync(parsed.GetValue(options.Json)
                        ? $"{{\"listening\": \"{listener.LocalEndPoint}\"}}"
                        : $"listening on {listener.LocalEndPoint}").ConfigureAwait(false);
                    if (readyFile is not null)
                        await readyFile.WriteAsync(listener.LocalEndPoint.ToString(), cancellationToken).ConfigureAwait(false);
                    await ServeUntilToldAsync(listener, service, cancellationToken).ConfigureAwait(false);
                }
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static IService? ServiceFor(bool echo, bool discard, long? source, string? folder)
    {
        var services = new List<IService>();
        if (echo)
            services.Add(new EchoService());
        if (discard)
            services.Add(new DiscardService());
        if (source is { } bytes)
            services.Add(bytes >= 0 ? new SourceService(bytes) : throw new UsageException("--source takes a number of bytes that is not negative."));
        if (folder is not null)
            services.Add(Directory.Exists(folder) ? new FileService(folder) : throw new UsageException($"--serve: {folder} is not a folder."));
        return services.Count <= 1
            ? services.FirstOrDefault()
            : throw new UsageException("--echo, --discard, --source and --serve exclude one another.");
    }

    private static async Task ServeUntilToldAsync(ToeListener listener, IService? service, CancellationToken cancellationToken)
    {
        try
        {
            if (service is null)
                await ServeOneAsync(listener, cancellationToken).ConfigureAwait(false);
            else
            {
                while (true)
                    _ = ServeAsync(await listener.AcceptAsync(cancellationToken).ConfigureAwait(false), service, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // SIGTERM or SIGINT: the end that was asked for.
        }
    }

    private static async Task ServeOneAsync(ToeListener listener, CancellationToken cancellationToken)
    {
        var only = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
        await using (only.ConfigureAwait(false))
            await StandardStreams.PumpAsync(only, cancellationToken).ConfigureAwait(false);
    }

    private static async Task ServeAsync(ToeConnection connection, IService service, CancellationToken cancellationToken)
    {
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                await service.ServeAsync(connection, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException or OperationCanceledException)
            {
                await Console.Error.WriteLineAsync($"{connection.RemoteEndPoint}: {exception.Message}").ConfigureAwait(false);
            }
        }
    }
}
