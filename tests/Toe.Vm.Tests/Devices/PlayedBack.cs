using System.Runtime.Versioning;
using System.Text.Json;
using Toe.Linux;

namespace Toe.Vm.Tests.Devices;

/// <summary>Plays a machine's links, addresses, routes and rules back as they are, without other addresses in their place (docs/host-images.md).</summary>
[SupportedOSPlatform("linux")]
internal sealed class PlayedBack : IDisposable
{
    private static readonly int[] Dumps = [18, 22, 26, 34]; // RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETRULE: linux/rtnetlink.h

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("toe-guest-");

    public PlayedBack(ILinuxHost host)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "image.json"), """{ "format": 1, "name": "guest" }""");
        using (var file = File.Create(Path.Combine(_folder.FullName, "calls.json")))
        using (var json = new Utf8JsonWriter(file))
            Write(json, host);
        Image = HostImage.Open(_folder.FullName);
    }

    public HostImage Image { get; }

    public void Dispose()
    {
        Image.Dispose();
        _folder.Delete(recursive: true);
    }

    private static void Write(Utf8JsonWriter json, ILinuxHost host)
    {
        json.WriteStartObject();
        json.WriteStartArray("netlink");
        foreach (var command in Dumps)
        {
            var answer = host.Netlink(new NetlinkQuestion("route", command, ReadOnlyMemory<byte>.Empty) { IsDump = true });
            Check.True(answer.IsFound, answer.Reason);
            json.WriteStartObject();
            json.WriteString("family", "route");
            json.WriteNumber("command", command);
            json.WriteBoolean("dump", true);
            json.WriteString("request", "");
            json.WriteStartArray("messages");
            foreach (var message in answer.Value!)
                json.WriteStringValue(Convert.ToHexStringLower(message));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
