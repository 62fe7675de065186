using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Toe.Linux.Tests;

/// <summary>
/// Sizes and offsets as the kernel headers give them for the 64-bit little-endian ABIs (x64 and arm64 agree on all of these).
/// </summary>
public sealed class LayoutTests
{
    [Fact]
    public void Poll_descriptor_is_struct_pollfd()
    {
        Assert.Equal(8, Unsafe.SizeOf<PollDescriptor>());
        Assert.Equal(0, Offset<PollDescriptor>(nameof(PollDescriptor.Descriptor)));
        Assert.Equal(4, Offset<PollDescriptor>(nameof(PollDescriptor.Events)));
        Assert.Equal(6, Offset<PollDescriptor>(nameof(PollDescriptor.Returned)));
    }

    [Fact]
    public void Time_specification_is_struct_timespec()
    {
        Assert.Equal(16, Unsafe.SizeOf<TimeSpecification>());
        Assert.Equal(8, Offset<TimeSpecification>(nameof(TimeSpecification.Nanoseconds)));
    }

    [Fact]
    public void Input_output_vector_is_struct_iovec()
    {
        Assert.Equal(16, Unsafe.SizeOf<IoVector>());
        Assert.Equal(8, Offset<IoVector>(nameof(IoVector.Length)));
    }

    [Fact]
    public void Netlink_address_is_struct_sockaddr_nl()
    {
        Assert.Equal(12, Unsafe.SizeOf<NetlinkAddress>());
        Assert.Equal(4, Offset<NetlinkAddress>(nameof(NetlinkAddress.PortId)));
        Assert.Equal(8, Offset<NetlinkAddress>(nameof(NetlinkAddress.Groups)));
    }

    [Fact]
    public void Interface_request_is_struct_ifreq()
    {
        Assert.Equal(40, Unsafe.SizeOf<InterfaceRequest>());
        Assert.Equal(0, Offset<InterfaceRequest>(nameof(InterfaceRequest.Name)));
        Assert.Equal(16, Offset<InterfaceRequest>(nameof(InterfaceRequest.Flags)));
        Assert.Equal(16, Offset<InterfaceRequest>(nameof(InterfaceRequest.Value)));
        Assert.Equal(16, Offset<InterfaceRequest>(nameof(InterfaceRequest.HardwareFamily)));
        Assert.Equal(18, Offset<InterfaceRequest>(nameof(InterfaceRequest.HardwareAddress)));
    }

    [Fact]
    public void Netlink_header_is_struct_nlmsghdr()
    {
        Assert.Equal(NetlinkMessageHeader.Size, Unsafe.SizeOf<NetlinkMessageHeader>());
        Assert.Equal(4, Offset<NetlinkMessageHeader>(nameof(NetlinkMessageHeader.Type)));
        Assert.Equal(6, Offset<NetlinkMessageHeader>(nameof(NetlinkMessageHeader.Flags)));
        Assert.Equal(8, Offset<NetlinkMessageHeader>(nameof(NetlinkMessageHeader.Sequence)));
        Assert.Equal(12, Offset<NetlinkMessageHeader>(nameof(NetlinkMessageHeader.PortId)));
    }

    [Fact]
    public void Route_message_is_struct_rtmsg()
    {
        Assert.Equal(RouteMessage.Size, Unsafe.SizeOf<RouteMessage>());
        Assert.Equal(4, Offset<RouteMessage>(nameof(RouteMessage.Table)));
        Assert.Equal(7, Offset<RouteMessage>(nameof(RouteMessage.Type)));
        Assert.Equal(8, Offset<RouteMessage>(nameof(RouteMessage.Flags)));
    }

    [Fact]
    public void Interface_info_message_is_struct_ifinfomsg()
    {
        Assert.Equal(InterfaceInfoMessage.Size, Unsafe.SizeOf<InterfaceInfoMessage>());
        Assert.Equal(2, Offset<InterfaceInfoMessage>(nameof(InterfaceInfoMessage.Type)));
        Assert.Equal(4, Offset<InterfaceInfoMessage>(nameof(InterfaceInfoMessage.Index)));
        Assert.Equal(8, Offset<InterfaceInfoMessage>(nameof(InterfaceInfoMessage.Flags)));
    }

    [Fact]
    public void Interface_address_message_is_struct_ifaddrmsg()
    {
        Assert.Equal(InterfaceAddressMessage.Size, Unsafe.SizeOf<InterfaceAddressMessage>());
        Assert.Equal(1, Offset<InterfaceAddressMessage>(nameof(InterfaceAddressMessage.PrefixLength)));
        Assert.Equal(4, Offset<InterfaceAddressMessage>(nameof(InterfaceAddressMessage.Index)));
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
