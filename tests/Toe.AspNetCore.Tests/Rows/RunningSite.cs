using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using Toe.WebProbe;

namespace Toe.AspNetCore.Tests.Rows;

/// <summary>A site that runs, and the way to it.</summary>
public abstract class RunningSite : IAsyncDisposable
{
    /// <summary>The longest that anything may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>HTTP/1.1 without TLS.</summary>
    public abstract IPEndPoint Plain { get; }

    /// <summary>HTTP/2 without TLS.</summary>
    public abstract IPEndPoint Http2 { get; }

    /// <summary>TLS, with either.</summary>
    public abstract IPEndPoint Tls { get; }

    /// <summary>Connects a client.</summary>
    public abstract Task<ClientConnection> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellationToken);

    /// <summary>Lets a crowd of clients come to <see cref="Plain"/>.</summary>
    /// <param name="idle">Connections that are served once, and kept.</param>
    /// <param name="unfinished">Connections that send a part of their request's head.</param>
    /// <param name="unread">Connections that ask for much and read nothing.</param>
    public abstract Task<ICrowdOfClients> InviteAsync(int idle, int unfinished, int unread);

    /// <summary>Shuts the site down as its host does, and returns when it has.</summary>
    public abstract Task StopAsync();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>A client whose connections go the row's way.</summary>
    /// <param name="endpoint">One of the site's endpoints.</param>
    /// <param name="version">The only HTTP version to speak.</param>
    public HttpClient CreateClient(IPEndPoint endpoint, Version? version = null) => new(CreateHandler())
    {
        BaseAddress = new Uri($"{(endpoint.Equals(Tls) ? "https" : "http")}://{endpoint}/"),
        DefaultRequestVersion = version ?? (endpoint.Equals(Http2) ? HttpVersion.Version20 : HttpVersion.Version11),
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Patience,
    };

    /// <summary>A handler whose connections go the row's way.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=site" }, // It made it a moment ago.
        ConnectCallback = async (context, token) =>
            (await ConnectAsync(new IPEndPoint(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port), token)).Stream,
    };

    /// <summary>Waits until the server has told an event, over a connection of its own.</summary>
    public async Task<string> WaitForAsync(string name)
    {
        using var client = CreateClient(Plain);
        return await client.GetStringAsync($"event?name={name}", TestContext.Current.CancellationToken);
    }

    /// <summary>Tells the server an event.</summary>
    public async Task TellAsync(string name)
    {
        using var client = CreateClient(Plain);
        using var answer = await client.GetAsync($"tell?name={name}", TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What the server knows of a client's connection.</summary>
    public static async Task<ConnectionPage> DescribeAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<ConnectionPage>("connection", TestContext.Current.CancellationToken))!;
}
