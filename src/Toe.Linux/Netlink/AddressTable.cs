using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>The IPv4 and IPv6 addresses of the calling thread's network namespace (RTM_GETADDR).</summary>
public static class AddressTable
{
    /// <summary>Reads all addresses. No capability is needed.</summary>
    /// <returns>The addresses in the kernel's order; one whose message cannot be read is left out.</returns>
    /// <exception cref="LinuxException">The kernel refused the dump.</exception>
    [SupportedOSPlatform("linux")]
    public static IReadOnlyList<AddressEntry> Read()
    {
        var addresses = new List<AddressEntry>();
        using var socket = new NetlinkSocket();
        Span<byte> buffer = stackalloc byte[64];
        var writer = new NetlinkWriter(
            buffer, RouteMessageType.GetAddress, NetlinkMessageHeader.FlagRequest | NetlinkMessageHeader.FlagDump);
        writer.Write(default(InterfaceAddressMessage));
        var outcome = socket.Dump(writer.Finish(), addresses.Clear, message =>
        {
            if (message.Header.Type == RouteMessageType.NewAddress && AddressParser.TryParse(message.Payload, out var address))
                addresses.Add(address!);
        });
        return outcome.ErrorNumber == 0 ? addresses : throw new LinuxException("RTM_GETADDR", outcome.ErrorNumber);
    }

    /// <summary>Reads all of a host's.</summary>
    /// <param name="host">The host.</param>
    /// <returns>The entries in the kernel's order; one whose message cannot be read is left out.</returns>
    public static HostAnswer<IReadOnlyList<AddressEntry>> Read(ILinuxHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var dump = host.Netlink(new NetlinkQuestion("route", RouteMessageType.GetAddress, ReadOnlyMemory<byte>.Empty) { IsDump = true });
        if (!dump.IsFound)
            return HostAnswers.Failed<IReadOnlyList<AddressEntry>>(dump.ErrorNumber, dump.Text);
        var entries = new List<AddressEntry>();
        foreach (var payload in dump.Value)
        {
            if (AddressParser.TryParse(payload, out var entry))
                entries.Add(entry!);
        }

        return HostAnswers.Found<IReadOnlyList<AddressEntry>>(entries);
    }
}
