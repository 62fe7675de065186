using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>The network interfaces of the calling thread's network namespace (RTM_GETLINK).</summary>
public static class LinkTable
{
    /// <summary>Reads all interfaces. No capability is needed.</summary>
    /// <returns>The interfaces in the kernel's order; one whose message cannot be read is left out.</returns>
    /// <exception cref="LinuxException">The kernel refused the dump.</exception>
    [SupportedOSPlatform("linux")]
    public static IReadOnlyList<LinkEntry> Read()
    {
        var links = new List<LinkEntry>();
        using var socket = new NetlinkSocket();
        Span<byte> buffer = stackalloc byte[64];
        var writer = new NetlinkWriter(
            buffer, RouteMessageType.GetLink, NetlinkMessageHeader.FlagRequest | NetlinkMessageHeader.FlagDump);
        writer.Write(default(InterfaceInfoMessage));
        var outcome = socket.Dump(writer.Finish(), links.Clear, message =>
        {
            if (message.Header.Type == RouteMessageType.NewLink && LinkParser.TryParse(message.Payload, out var link))
                links.Add(link!);
        });
        return outcome.ErrorNumber == 0 ? links : throw new LinuxException("RTM_GETLINK", outcome.ErrorNumber);
    }

    /// <summary>Reads all of a host's.</summary>
    /// <param name="host">The host.</param>
    /// <returns>The entries in the kernel's order; one whose message cannot be read is left out.</returns>
    public static HostAnswer<IReadOnlyList<LinkEntry>> Read(ILinuxHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var dump = host.Netlink(new NetlinkQuestion("route", RouteMessageType.GetLink, ReadOnlyMemory<byte>.Empty) { IsDump = true });
        if (!dump.IsFound)
            return HostAnswers.Failed<IReadOnlyList<LinkEntry>>(dump.ErrorNumber, dump.Text);
        var entries = new List<LinkEntry>();
        foreach (var payload in dump.Value)
        {
            if (LinkParser.TryParse(payload, out var entry))
                entries.Add(entry!);
        }

        return HostAnswers.Found<IReadOnlyList<LinkEntry>>(entries);
    }
}
