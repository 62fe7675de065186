using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Toe.Linux.Tests.Repair;

/// <summary>Sizes and offsets as linux/tcp.h and linux/filter.h give them for the 64-bit little-endian ABIs.</summary>
public sealed class RepairLayoutTests
{
    [Fact]
    public void Repair_window_is_struct_tcp_repair_window()
    {
        Assert.Equal(20, Unsafe.SizeOf<RepairWindow>());
        Assert.Equal(0, Offset<RepairWindow>(nameof(RepairWindow.SendWindowUpdate)));
        Assert.Equal(4, Offset<RepairWindow>(nameof(RepairWindow.SendWindow)));
        Assert.Equal(8, Offset<RepairWindow>(nameof(RepairWindow.MaximumSendWindow)));
        Assert.Equal(12, Offset<RepairWindow>(nameof(RepairWindow.ReceiveWindow)));
        Assert.Equal(16, Offset<RepairWindow>(nameof(RepairWindow.ReceiveWindowUpdate)));
    }

    [Fact]
    public void Repair_option_is_struct_tcp_repair_opt()
    {
        Assert.Equal(8, Unsafe.SizeOf<RepairOption>());
        Assert.Equal(4, Offset<RepairOption>(nameof(RepairOption.Value)));
    }

    [Fact]
    public void Filter_instruction_is_struct_sock_filter()
    {
        Assert.Equal(8, Unsafe.SizeOf<FilterInstruction>());
        Assert.Equal(2, Offset<FilterInstruction>(nameof(FilterInstruction.JumpTrue)));
        Assert.Equal(3, Offset<FilterInstruction>(nameof(FilterInstruction.JumpFalse)));
        Assert.Equal(4, Offset<FilterInstruction>(nameof(FilterInstruction.Constant)));
    }

    [Fact]
    public void Filter_program_is_struct_sock_fprog()
    {
        Assert.Equal(16, Unsafe.SizeOf<FilterProgram>());
        Assert.Equal(8, Offset<FilterProgram>(nameof(FilterProgram.Instructions)));
    }

    [Fact]
    public void Tcp_info_is_the_beginning_of_struct_tcp_info()
    {
        Assert.Equal(216, Unsafe.SizeOf<TcpInfo>());
        Assert.Equal(5, Offset<TcpInfo>(nameof(TcpInfo.Options)));
        Assert.Equal(6, Offset<TcpInfo>(nameof(TcpInfo.Scales)));
        Assert.Equal(16, Offset<TcpInfo>(nameof(TcpInfo.SegmentSize)));
        Assert.Equal(68, Offset<TcpInfo>(nameof(TcpInfo.RoundTripTime)));
        Assert.Equal(72, Offset<TcpInfo>(nameof(TcpInfo.RoundTripVariation)));
        Assert.Equal(76, Offset<TcpInfo>(nameof(TcpInfo.Threshold)));
        Assert.Equal(80, Offset<TcpInfo>(nameof(TcpInfo.CongestionWindow)));
        Assert.Equal(120, Offset<TcpInfo>(nameof(TcpInfo.BytesAcknowledged)));
        Assert.Equal(128, Offset<TcpInfo>(nameof(TcpInfo.BytesReceived)));
        Assert.Equal(144, Offset<TcpInfo>(nameof(TcpInfo.BytesUnsent)));
        Assert.Equal(200, Offset<TcpInfo>(nameof(TcpInfo.BytesSent)));
        Assert.Equal(208, Offset<TcpInfo>(nameof(TcpInfo.BytesSentAgain)));
    }

    [Fact]
    public void A_sockets_address_is_the_kernels()
    {
        var address = new System.Net.IPEndPoint(System.Net.IPAddress.Parse("10.1.2.3"), 0x1234).Serialize();
        Assert.Equal((16, "02001234-0A010203"), (address.Size, $"{Convert.ToHexString(address.Buffer.Span[..4])}-{Convert.ToHexString(address.Buffer.Span[4..8])}"));
        var six = new System.Net.IPEndPoint(new System.Net.IPAddress(System.Net.IPAddress.Parse("fe80::1").GetAddressBytes(), 5), 7).Serialize();
        Assert.Equal((28, 10, 5), (six.Size, six.Buffer.Span[0], six.Buffer.Span[24])); // struct sockaddr_in6 with its scope.
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
