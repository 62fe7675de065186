using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Testing;
using Toe.WebProbe;

namespace Toe.AspNetCore.Tests.Rows;

/// <summary>A site in a process and a namespace of its own.</summary>
[SupportedOSPlatform("linux")]
internal sealed class RemoteSite : RunningSite
{
    private readonly NetworkNamespace _network;
    private readonly NetworkNamespace _clients;
    private readonly KernelPeer _process;

    private RemoteSite(NetworkNamespace network, NetworkNamespace clients, KernelPeer process)
    {
        (_network, _clients, _process) = (network, clients, process);
        var endpoints = process.Output.Split("listening ")[1].Split('\n')[0].Split(' ').Select(IPEndPoint.Parse).ToArray();
        (Plain, Http2, Tls) = (endpoints[0], endpoints[1], endpoints[2]);
    }

    public override IPEndPoint Plain { get; }

    public override IPEndPoint Http2 { get; }

    public override IPEndPoint Tls { get; }

    /// <summary>Starts a site; takes the namespaces over.</summary>
    /// <param name="network">Where it runs.</param>
    /// <param name="clients">Where its clients are.</param>
    /// <param name="settings">What it is told.</param>
    public static async Task<RunningSite> StartAsync(NetworkNamespace network, NetworkNamespace clients, SiteSettings settings)
    {
        var process = network.Start("dotnet", Path.Combine(AppContext.BaseDirectory, "Toe.WebProbe.dll"), settings.ToArgument());
        await process.WaitForAsync("listening ");
        return new RemoteSite(network, clients, process);
    }

    public override async Task<ClientConnection> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = await _clients.InsideAsync(() => new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        await socket.ConnectAsync(endpoint, cancellationToken);
        return new SocketClient(socket);
    }

    public override Task<ICrowdOfClients> InviteAsync(int idle, int unfinished, int unread) =>
        CrowdProcess.StartAsync(_clients.Start, Plain, [idle, unfinished, unread]);

    public override async Task StopAsync()
    {
        _process.CloseInput();
        var answer = await _process.WaitAsync();
        Assert.True(answer.ExitCode == 0 && answer.Output.Contains("stopped", StringComparison.Ordinal), answer.Errors);
    }

    public override async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _clients.DisposeAsync();
        if (_network != _clients)
            await _network.DisposeAsync();
    }
}
