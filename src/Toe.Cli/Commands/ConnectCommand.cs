using System.CommandLine;
using System.Text.Json;
using Toe.Cli.Output;
using Toe.Cli.Serving;

namespace Toe.Cli.Commands;

/// <summary><c>toe connect</c>: like nc, over the stack.</summary>
internal static class ConnectCommand
{
    public static Command Create()
    {
        var options = new StackOptions();
        var remote = new Argument<string>("HOST:PORT") { Description = "The peer." };
        var timeout = new Option<double?>("--timeout") { Description = "Seconds for name resolution and all attempts.", HelpName = "SECONDS" };
        var command = new Command("connect", "Connect standard input and output to a peer; a summary goes to standard error.") { remote, timeout };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var endpoint = EndpointArgument.ParseRemote(parsed.GetValue(remote)!);
            var stack = await options.CreateStackAsync(parsed, cancellationToken).ConfigureAwait(false);
            await using (stack.ConfigureAwait(false))
            {
                var seconds = parsed.GetValue(timeout);
                var request = new ToeConnectRequest(endpoint)
                {
                    Mode = parsed.GetValue(options.Mode),
                    Timeout = seconds is { } value ? TimeSpan.FromSeconds(value) : null,
                };
                var connection = await stack.ConnectAsync(request, cancellationToken).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    await StandardStreams.PumpAsync(connection, cancellationToken).ConfigureAwait(false);
                    Summarize(connection, parsed.GetValue(options.Json));
                }
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Summarize(ToeConnection connection, bool asJson)
    {
        var info = connection.GetInfo();
        if (!asJson)
        {
            Console.Error.WriteLine($"{info.Local} -> {info.Remote}: {info.BytesSent} bytes sent, {info.BytesReceived} received, on {info.Placement}");
            foreach (var downgrade in connection.Downgrades)
                Console.Error.WriteLine($"downgrade: {downgrade}");
            Console.Error.WriteLine(connection.Trace);
            return;
        }

        using var output = Console.OpenStandardError();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("local", info.Local.ToString());
        json.WriteString("remote", info.Remote.ToString());
        json.WriteString("placement", info.Placement.AdapterId ?? "HostStack");
        json.WriteReason("reason", info.Placement.Reason);
        json.WriteNumber("bytesSent", info.BytesSent);
        json.WriteNumber("bytesReceived", info.BytesReceived);
        json.WritePropertyName("decision");
        json.WriteRawValue(connection.Trace.ToJson());
        json.WriteEndObject();
    }
}
