using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Toe;

namespace Streams;

/// <summary>Lines by a connection's stream, with TLS above it, as above any other stream.</summary>
internal static class StreamLines
{
    public static async Task<List<string>> ThereAndBackAsync(ToeConnection connection, X509Certificate2 trusted, string[] lines, CancellationToken limit)
    {
        await using var tls = new SslStream(connection.AsStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, shown, _, _) => trusted.Equals(shown),
        }, limit);
        await using (var writer = new StreamWriter(tls, leaveOpen: true))
        {
            foreach (var line in lines)
                await writer.WriteLineAsync(line.AsMemory(), limit);
        }

        await EndAsync(tls, connection, limit);
        using var reader = new StreamReader(tls);
        var back = new List<string>();
        while (await reader.ReadLineAsync(limit) is { } line)
            back.Add(line);
        return back;
    }

    public static async Task EchoOnceAsync(ToeListener listener, X509Certificate2 certificate, CancellationToken limit)
    {
        await using var connection = await listener.AcceptAsync(limit);
        await using var tls = new SslStream(connection.AsStream());
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, limit);
        await tls.CopyToAsync(tls, limit);
        await EndAsync(tls, connection, limit);
    }

    /// <summary>Half close: TLS says that nothing follows, and then TCP does. Reading goes on.</summary>
    private static async Task EndAsync(SslStream tls, ToeConnection connection, CancellationToken limit)
    {
        await tls.ShutdownAsync();
        await connection.CompleteSendingAsync(limit);
    }
}
