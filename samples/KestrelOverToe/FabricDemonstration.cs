using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Toe;
using Toe.Emulated;

namespace KestrelOverToe;

/// <summary>Site and client in this process, on the fabric between them: no privileges, any operating system.</summary>
internal static class FabricDemonstration
{
    public static async Task<int> RunAsync()
    {
        await using var site = WebSite.Build(new EmulatedFabricOptions(), IPAddress.Loopback, httpPort: 0, httpsPort: 0);
        await site.StartAsync();
        var root = site.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Console.WriteLine($"{root} is served over the fabric; root, ip and curl would show the kernel as its client, over a TAP device");
        var stack = site.Services.GetRequiredService<IToeStack>();
        using var client = new HttpClient(new SocketsHttpHandler().UseToe(stack)) { BaseAddress = new Uri(root) };

        var me = (await client.GetFromJsonAsync<Me>("api/me"))!;
        Console.WriteLine($"GET /api/me: {me.Protocol} on {me.Connection.Placement}");
        var body = await client.GetByteArrayAsync("download/16");
        Console.WriteLine($"GET /download/16: {body.Length:N0} bytes");
        foreach (var line in (await client.GetFromJsonAsync<Line[]>("api/connections"))!)
            Console.WriteLine($"  connection {line.Id} with {line.Remote}: {line.State} on {line.Placement}, received {line.Received:N0}, sent {line.Sent:N0}");
        using var outsider = new HttpClient { BaseAddress = new Uri(root) };
        var other = (await outsider.GetFromJsonAsync<Me>("api/me"))!;
        Console.WriteLine($"GET /api/me by a plain HttpClient: {other.Protocol} on {other.Connection.Placement}, {other.Connection.Reason}");
        Console.WriteLine($"GET /health: {await client.GetStringAsync("health")}");
        await site.StopAsync();
        return me.Connection.Placement == "emulated:fabric" && other.Connection.Placement == "HostStack" ? 0 : 1;
    }
}
