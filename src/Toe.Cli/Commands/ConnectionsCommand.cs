using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Toe.Cli.Output;
using Toe.Diagnostics;

namespace Toe.Cli.Commands;

/// <summary><c>toe connections</c>: all connections of all programs on this machine that use the SDK.</summary>
internal static class ConnectionsCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Write JSON." };
        var command = new Command("connections", "List all connections of all programs on this machine that use the SDK.") { json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = await ToeDiagnostics.ReadConnectionsAsync(cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
                Printer.WriteJson(writer => Write(writer, report));
            else
                Printer.WriteTable(
                    ["Pid", "Id", "Local", "Remote", "State", "Placement", "Since", "Reason", "Sent", "Received"], [.. report.Connections.Select(Row)]);
            return ExitCode.Done;
        });
        return command;
    }

    private static IReadOnlyList<string> Row(ConnectionReport connection) =>
    [
        connection.Pid.ToString(CultureInfo.InvariantCulture), connection.Id.ToString(CultureInfo.InvariantCulture), connection.Local, connection.Remote,
        connection.State, connection.Placement, connection.Since.ToString("u", CultureInfo.InvariantCulture), connection.Reason ?? "",
        connection.BytesSent.ToString(CultureInfo.InvariantCulture), connection.BytesReceived.ToString(CultureInfo.InvariantCulture),
    ];

    private static void Write(Utf8JsonWriter json, ConnectionsReport report)
    {
        json.WriteStartArray("connections");
        foreach (var connection in report.Connections)
        {
            json.WriteStartObject();
            json.WriteNumber("pid", connection.Pid);
            json.WriteNumber("id", connection.Id);
            json.WriteString("local", connection.Local);
            json.WriteString("remote", connection.Remote);
            json.WriteString("state", connection.State);
            json.WriteString("placement", connection.Placement);
            json.WriteString("confidence", connection.Confidence);
            json.WriteString("since", connection.Since);
            json.WriteString("reason", connection.Reason);
            json.WriteNumber("bytesSent", connection.BytesSent);
            json.WriteNumber("bytesReceived", connection.BytesReceived);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
