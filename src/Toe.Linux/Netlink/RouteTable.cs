using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>
/// Asks the kernel where packets would go (RTM_GETROUTE). It looks into the network namespace of the thread that made it. Any thread may
/// ask; the questions go one after the other over one socket. No capability is needed.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class RouteTable : IDisposable
{
    private const byte ProtocolTcp = 6;     // IPPROTO_TCP, linux/in.h

    private readonly Lock _lock = new();
    private readonly NetlinkSocket _socket = new();

    /// <summary>Looks a destination up as a TCP connection of this process would.</summary>
    /// <param name="destination">The destination, IPv4 or IPv6. IPv4-mapped addresses are looked up as IPv4.</param>
    /// <param name="source">The source address, or null for the kernel's choice.</param>
    /// <returns>The answer; a missing or refusing route is an answer with a reason.</returns>
    /// <exception cref="ArgumentException">The source is of another family.</exception>
    /// <exception cref="LinuxException">The netlink socket itself failed.</exception>
    /// <exception cref="ObjectDisposedException">The table was disposed.</exception>
    public RouteAnswer Lookup(IPAddress destination, IPAddress? source = null) =>
        Lookup(new RouteQuery { Destination = destination, Source = source });

    /// <summary>Looks a destination up with everything policy rules may depend on.</summary>
    /// <returns>The answer; a missing or refusing route is an answer with a reason.</returns>
    /// <exception cref="ArgumentException">The source is of another family, or a port is out of range.</exception>
    /// <exception cref="LinuxException">The netlink socket itself failed.</exception>
    /// <exception cref="ObjectDisposedException">The table was disposed.</exception>
    public RouteAnswer Lookup(RouteQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var destination = Unmap(query.Destination);
        var source = query.Source is null ? null : Unmap(query.Source);
        if (source is not null && source.AddressFamily != destination.AddressFamily)
            throw new ArgumentException("The source is not of the destination's address family.", nameof(query));
        if (query.OutputInterface < 0 || (uint)query.SourcePort > ushort.MaxValue || (uint)query.DestinationPort > ushort.MaxValue)
            throw new ArgumentException("The interface index or a port is out of range.", nameof(query));

        Span<byte> buffer = stackalloc byte[256];
        var request = Write(buffer, query, destination, source);
        RouteAnswer? answer = null;
        NetlinkOutcome outcome;
        lock (_lock)
        {
            outcome = _socket.Request(request, message =>
            {
                if (message.Header.Type == RouteMessageType.NewRoute && RouteParser.TryParse(message.Payload, out var parsed))
                    answer = parsed;
            });
        }

        if (outcome.ErrorNumber == 0)
        {
            return answer ?? new RouteAnswer
            {
                ErrorNumber = ErrorNumber.BadMessage,
                Reason = "the kernel's answer could not be read",
            };
        }

        // A refused request is explained in words; the error of a refusing route stands alone.
        var type = outcome.Text is null ? RouteParser.TypeOf(outcome.ErrorNumber) : RouteType.None;
        return new RouteAnswer { Type = type, ErrorNumber = outcome.ErrorNumber, Reason = outcome.Reason };
    }

    /// <summary>Closes the socket.</summary>
    public void Dispose()
    {
        lock (_lock)
            _socket.Dispose();
    }

    private static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static Span<byte> Write(Span<byte> buffer, RouteQuery query, IPAddress destination, IPAddress? source)
    {
        var ipv4 = destination.AddressFamily == AddressFamily.InterNetwork;
        var bits = (byte)(ipv4 ? 32 : 128);
        var writer = new NetlinkWriter(buffer, RouteMessageType.GetRoute, NetlinkMessageHeader.FlagRequest);
        writer.Write(new RouteMessage
        {
            Family = (byte)(ipv4 ? Libc.FamilyInternet : Libc.FamilyInternet6),
            DestinationLength = bits,
            SourceLength = source is null ? (byte)0 : bits,
            // IPv6 always reports the table, and refuses the flag under strict checking (net/ipv6/route.c).
            Flags = ipv4 ? RouteMessage.FlagLookupTable : 0,
        });
        Span<byte> address = stackalloc byte[16];
        destination.TryWriteBytes(address, out var length);
        writer.WriteAttribute(RouteMessage.AttributeDestination, address[..length]);
        if (source is not null && source.TryWriteBytes(address, out length))
            writer.WriteAttribute(RouteMessage.AttributeSource, address[..length]);
        var output = query.OutputInterface == 0 && !ipv4 ? (int)destination.ScopeId : query.OutputInterface;
        if (output != 0)
            writer.WriteAttribute(RouteMessage.AttributeOutput, output);
        if (query.Mark != 0)
            writer.WriteAttribute(RouteMessage.AttributeMark, (uint)query.Mark);
        writer.WriteAttribute(RouteMessage.AttributeUser, Libc.geteuid());
        if (!query.Tcp)
            return writer.Finish();
        writer.WriteAttribute(RouteMessage.AttributeProtocol, ProtocolTcp);
        if (query.SourcePort != 0)
            writer.WriteAttribute(RouteMessage.AttributeSourcePort, NetworkOrder(query.SourcePort));
        if (query.DestinationPort != 0)
            writer.WriteAttribute(RouteMessage.AttributeDestinationPort, NetworkOrder(query.DestinationPort));
        return writer.Finish();
    }

    private static ushort NetworkOrder(int port) => (ushort)IPAddress.HostToNetworkOrder((short)port);
}
