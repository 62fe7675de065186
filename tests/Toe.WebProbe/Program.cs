using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Toe.WebProbe;

// Usage: Toe.WebProbe SETTINGS (JSON, see SiteSettings)                  a site: says where it listens; shuts down when its input ends
//        Toe.WebProbe ENDPOINT IDLE UNFINISHED UNREAD                    a crowd of a site's clients: says when it is there; each line asks it to ask again
if (args.Length == 4)
{
    await RunCrowdAsync(IPEndPoint.Parse(args[0]), [.. args[1..].Select(static count => int.Parse(count, CultureInfo.InvariantCulture))]);
    return;
}

await using var site = await Site.StartAsync(SiteSettings.Parse(args[0]));
Console.WriteLine($"listening {site.Plain} {site.Http2} {site.Tls}");
while (await Console.In.ReadLineAsync() is not null)
{
}

await site.StopAsync();
Console.WriteLine("stopped");

static async Task RunCrowdAsync(IPEndPoint site, int[] counts)
{
    await using var crowd = new Crowd(async token =>
    {
        var socket = new Socket(site.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        await socket.ConnectAsync(site, token);
        return new NetworkStream(socket, ownsSocket: true);
    });
    await crowd.ComeAsync(counts[0], counts[1], counts[2], CancellationToken.None);
    Console.WriteLine("there");
    for (var round = 1; await Console.In.ReadLineAsync() is not null; round++)
    {
        await crowd.AskAgainAsync(CancellationToken.None);
        Console.WriteLine($"answered {round}");
    }
}
