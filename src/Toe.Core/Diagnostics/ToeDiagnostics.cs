using System.Net.Sockets;
using System.Text.Json;

namespace Toe.Diagnostics;

/// <summary>Asks the programs on this machine that use the SDK, as far as their endpoints can be opened by this user.</summary>
public static class ToeDiagnostics
{
    private const int MaxAnswer = 64 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>All connections of all programs. A program that does not answer within two seconds is left out; an endpoint without a program is removed.</summary>
    /// <param name="cancellationToken">Ends the asking.</param>
    public static async Task<ConnectionsReport> ReadConnectionsAsync(CancellationToken cancellationToken = default)
    {
        var connections = new List<ConnectionReport>();
        foreach (var (pid, path) in ProgramEndpoints.Find())
        {
            if (await TryAskAsync(path, cancellationToken).ConfigureAwait(false) is { } report)
                connections.AddRange(report.Connections.Select(connection => connection with { Pid = pid }));
        }

        return new ConnectionsReport(connections);
    }

    private static async Task<ConnectionsReport?> TryAskAsync(string path, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), patience.Token).ConfigureAwait(false);
            await socket.SendAsync("connections\n"u8.ToArray(), patience.Token).ConfigureAwait(false);
            return await ReadAsync(socket, patience.Token).ConfigureAwait(false);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            ProgramEndpoints.Remove(path);
            return null;
        }
        catch (Exception exception) when (exception is SocketException or JsonException or IOException or ArgumentException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static async Task<ConnectionsReport?> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var received)
        {
            answer.Write(buffer, 0, received);
            if (answer.Length > MaxAnswer)
                return null;
        }

        return JsonSerializer.Deserialize(answer.GetBuffer().AsSpan(0, (int)answer.Length), DiagnosticJson.Default.ConnectionsReport);
    }
}
