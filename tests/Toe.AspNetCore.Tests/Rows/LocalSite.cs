using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Toe.Testing;
using Toe.WebProbe;

namespace Toe.AspNetCore.Tests.Rows;

/// <summary>A site in the test's process.</summary>
/// <param name="site">The site.</param>
/// <param name="throughStack">Clients are on the site's stack: nobody else reaches its fabric.</param>
internal sealed class LocalSite(Site site, bool throughStack) : RunningSite
{
    public override IPEndPoint Plain => site.Plain;

    public override IPEndPoint Http2 => site.Http2;

    public override IPEndPoint Tls => site.Tls;

    public override async Task<ClientConnection> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        if (throughStack)
        {
            var request = new ToeConnectRequest(endpoint) { Mode = ToeMode.Require };
            return new StackClient(await site.Services.GetRequiredService<IToeStack>().ConnectAsync(request, cancellationToken));
        }

        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endpoint, cancellationToken);
        return new SocketClient(socket);
    }

    public override async Task<ICrowdOfClients> InviteAsync(int idle, int unfinished, int unread)
    {
        if (!throughStack)
            return await CrowdProcess.StartAsync(KernelPeer.Start, Plain, [idle, unfinished, unread]);
        var crowd = new Crowd(async token => (await ConnectAsync(Plain, token)).Stream);
        await crowd.ComeAsync(idle, unfinished, unread, TestContext.Current.CancellationToken);
        return new CrowdHere(crowd);
    }

    public override Task StopAsync() => site.StopAsync();

    public override ValueTask DisposeAsync() => site.DisposeAsync();
}
