namespace Toe.Linux;

/// <summary>How a frame is to be cut. Source: linux/virtio_net.h.</summary>
public enum VirtioNetSegmentation : byte
{
    /// <summary>Not at all (VIRTIO_NET_HDR_GSO_NONE).</summary>
    None = 0,

    /// <summary>TCP over IPv4 (VIRTIO_NET_HDR_GSO_TCPV4).</summary>
    TcpV4 = 1,

    /// <summary>UDP over IPv4, into fragments (VIRTIO_NET_HDR_GSO_UDP).</summary>
    UdpFragments = 3,

    /// <summary>TCP over IPv6 (VIRTIO_NET_HDR_GSO_TCPV6).</summary>
    TcpV6 = 4,

    /// <summary>UDP, into datagrams (VIRTIO_NET_HDR_GSO_UDP_L4).</summary>
    Udp = 5,
}
