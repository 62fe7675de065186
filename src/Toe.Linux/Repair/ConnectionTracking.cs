using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>
/// The kernel's connection tracking (conntrack) and connections that run elsewhere for a while. Their sequence numbers move on unseen, and a rule against invalid
/// packets would end them when they return. Source: linux/netfilter/nfnetlink_conntrack.h. Needs CAP_NET_ADMIN.
/// </summary>
[SupportedOSPlatform("linux")]
public static class ConnectionTracking
{
    private const string Present = "/proc/sys/net/netfilter/nf_conntrack_max"; // There when connections of this namespace are tracked.

    private const ushort New = 1 << 8; // NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW: without NLM_F_CREATE it changes an entry
    private const ushort FlagAcknowledge = 0x04; // NLM_F_ACK, linux/netlink.h
    private const ushort Nested = 0x8000; // NLA_F_NESTED

    private const ushort TupleOriginal = 1 | Nested; // CTA_TUPLE_ORIG
    private const ushort ProtocolInfo = 4 | Nested; // CTA_PROTOINFO
    private const ushort Timeout = 7; // CTA_TIMEOUT, seconds
    private const ushort TupleAddresses = 1 | Nested; // CTA_TUPLE_IP
    private const ushort TupleProtocol = 2 | Nested; // CTA_TUPLE_PROTO
    private const ushort SourceInternet = 1; // CTA_IP_V4_SRC
    private const ushort DestinationInternet = 2; // CTA_IP_V4_DST
    private const ushort SourceInternet6 = 3; // CTA_IP_V6_SRC
    private const ushort DestinationInternet6 = 4; // CTA_IP_V6_DST
    private const ushort ProtocolNumber = 1; // CTA_PROTO_NUM
    private const ushort SourcePort = 2; // CTA_PROTO_SRC_PORT
    private const ushort DestinationPort = 3; // CTA_PROTO_DST_PORT
    private const ushort TcpInfo = 1 | Nested; // CTA_PROTOINFO_TCP
    private const ushort FlagsOriginal = 4; // CTA_PROTOINFO_TCP_FLAGS_ORIGINAL: struct nf_ct_tcp_flags
    private const ushort FlagsReply = 5; // CTA_PROTOINFO_TCP_FLAGS_REPLY
    private const byte Liberal = 0x08; // IP_CT_TCP_FLAG_BE_LIBERAL, linux/netfilter/nf_conntrack_tcp.h
    private const byte Tcp = 6; // IPPROTO_TCP

    private const int LargestRequest = 256;

    /// <summary>Lets the entry of a connection take any sequence number in both directions, and keeps it for a while. Whichever side opened the connection.</summary>
    /// <param name="tuple">The connection, as this host's sockets see it.</param>
    /// <param name="lifetime">How long the entry stays without a packet; at least a second.</param>
    /// <returns>What became of it. Only <see cref="TrackingAnswer.Refused"/> endangers a move.</returns>
    public static TrackingResult MakeLiberal(TcpTuple tuple, TimeSpan lifetime) => Change(tuple, lifetime, isLiberal: true);

    /// <summary>Gives the entry of a connection that ended elsewhere another lifetime, so that it does not stay for days.</summary>
    /// <param name="tuple">The connection, as this host's sockets see it.</param>
    /// <param name="lifetime">How long the entry stays without a packet; at least a second.</param>
    /// <returns>What became of it.</returns>
    public static TrackingResult Keep(TcpTuple tuple, TimeSpan lifetime) => Change(tuple, lifetime, isLiberal: false);

    /// <summary>The request for a connection, as the kernel reads it.</summary>
    internal static Span<byte> Request(Span<byte> buffer, TcpTuple tuple, TimeSpan lifetime, bool isLiberal)
    {
        var six = tuple.Local.AddressFamily == AddressFamily.InterNetworkV6;
        var writer = new NetlinkWriter(buffer, New, NetlinkMessageHeader.FlagRequest | FlagAcknowledge);
        writer.Write(new NetfilterMessage { Family = (byte)(six ? Libc.FamilyInternet6 : Libc.FamilyInternet) });
        Span<byte> addresses = stackalloc byte[64];
        Span<byte> ports = stackalloc byte[32];
        Span<byte> both = stackalloc byte[128];
        var inner = new AttributeWriter(addresses);
        inner.Write(six ? SourceInternet6 : SourceInternet, tuple.Local.Address.GetAddressBytes());
        inner.Write(six ? DestinationInternet6 : DestinationInternet, tuple.Remote.Address.GetAddressBytes());
        var protocol = new AttributeWriter(ports);
        protocol.Write(ProtocolNumber, [Tcp]);
        protocol.Write(SourcePort, BigEndian((ushort)tuple.Local.Port));
        protocol.Write(DestinationPort, BigEndian((ushort)tuple.Remote.Port));
        var whole = new AttributeWriter(both);
        whole.Write(TupleAddresses, inner.Written);
        whole.Write(TupleProtocol, protocol.Written);
        writer.WriteAttribute(TupleOriginal, whole.Written);
        writer.WriteAttribute(Timeout, BinaryPrimitives.ReverseEndianness((uint)Math.Clamp(lifetime.TotalSeconds, 1, int.MaxValue)));
        if (isLiberal)
            WriteLiberal(ref writer);
        return writer.Finish();
    }

    private static void WriteLiberal(ref NetlinkWriter writer)
    {
        Span<byte> flags = stackalloc byte[16];
        Span<byte> info = stackalloc byte[32];
        ReadOnlySpan<byte> valueAndMask = [Liberal, Liberal];
        var inner = new AttributeWriter(flags);
        inner.Write(FlagsOriginal, valueAndMask);
        inner.Write(FlagsReply, valueAndMask);
        var outer = new AttributeWriter(info);
        outer.Write(TcpInfo, inner.Written);
        writer.WriteAttribute(ProtocolInfo, outer.Written);
    }

    private static TrackingResult Change(TcpTuple tuple, TimeSpan lifetime, bool isLiberal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lifetime, TimeSpan.FromSeconds(1));
        if (!File.Exists(Present))
            return new TrackingResult(TrackingAnswer.NotTracking, ToeReason.None);
        try
        {
            using var socket = new NetlinkSocket(NetlinkSocket.ProtocolNetfilter);
            var outcome = socket.Request(Request(stackalloc byte[LargestRequest], tuple, lifetime, isLiberal), static _ => { });
            return outcome.ErrorNumber switch
            {
                0 => new TrackingResult(TrackingAnswer.Changed, ToeReason.None),
                ErrorNumber.NoEntry => new TrackingResult(TrackingAnswer.NoEntry, ToeReason.None),
                ErrorNumber.NotPermitted => Refused("it needs CAP_NET_ADMIN"),
                ErrorNumber.InvalidArgument => Refused($"{outcome.Reason}; module nf_conntrack_netlink may be missing"),
                _ => Refused(outcome.Reason),
            };
        }
        catch (LinuxException failure)
        {
            return Refused(failure.Message);
        }
    }

    private static TrackingResult Refused(string why) => new(TrackingAnswer.Refused, ToeReasons.EnvironmentConntrack.With(why));

    private static ReadOnlySpan<byte> BigEndian(ushort number)
    {
        var bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, number);
        return bytes;
    }

    /// <summary>Writes attributes that stand inside another one.</summary>
    private ref struct AttributeWriter(Span<byte> buffer)
    {
        private readonly Span<byte> _buffer = buffer;
        private int _length;

        public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

        public void Write(ushort type, scoped ReadOnlySpan<byte> value)
        {
            var length = 4 + value.Length;
            MemoryMarshal.Write(_buffer[_length..], (ushort)length);
            MemoryMarshal.Write(_buffer[(_length + 2)..], type);
            value.CopyTo(_buffer[(_length + 4)..]);
            _length += (length + 3) & ~3;
        }
    }
}
