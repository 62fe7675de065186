using CsCheck;
using Toe.Testing;

namespace Toe.Linux.Tests.Rsockets;

/// <summary>The private data of a connection request, byte by byte as rdma-core's <c>struct rs_conn_data</c> lays it out.</summary>
public sealed class RsocketGreetingTests
{
    private static readonly byte[] Written =
    [
        1, 2, 0x01, 0x80, 0, 0, 0, 0,                   // version, flags (maps by name), credits 384, reserved, no maps
        0x00, 0x00, 0x7f, 0x01, 0x02, 0x03, 0x04, 0x05, // the table's address
        0x00, 0x00, 0xaa, 0xbb, 0x00, 0x00, 0x00, 0x02, // its key, its places
        0x00, 0x00, 0x7f, 0x11, 0x12, 0x13, 0x14, 0x15, // the first window's address
        0x00, 0x00, 0xcc, 0xdd, 0x00, 0x01, 0x00, 0x00, // its key, its length
    ];

    [Fact]
    public void Bytes_AreReadAndWrittenAsTheStructureHasThem()
    {
        Assert.True(RsocketGreeting.TryParse(Written, out var greeting));
        Assert.Equal(384, greeting.Credits);
        Assert.Equal(new RemoteMemory(0x7f0102030405, 0xaabb, 2), greeting.Windows);
        Assert.Equal(new RemoteMemory(0x7f1112131415, 0xccdd, 65536), greeting.FirstWindow);
        Assert.False(greeting.IsSwapped);
        var bytes = new byte[RsocketGreeting.Size];
        greeting.Write(bytes);
        Assert.Equal(Written, bytes);
    }

    [Fact]
    public void APeerOfTheOtherByteOrder_IsSwapped()
    {
        var bytes = Written.ToArray();
        bytes[1] |= 1;
        Assert.True(RsocketGreeting.TryParse(bytes, out var greeting));
        Assert.True(greeting.IsSwapped);
        Assert.Equal(new RemoteMemory(0x0807060504030201, 0x04030201, 0x10000000), new RemoteMemory(0x0102030405060708, 0x01020304, 16).Swapped());
    }

    [Fact]
    public void PaddingBehind_IsNoHarm() => Assert.True(RsocketGreeting.TryParse([.. Written, .. new byte[20]], out _));

    [Theory]
    [InlineData(0, 0)]      // another version
    [InlineData(0, 2)]
    [InlineData(23, 0)]     // no places
    [InlineData(20, 1)]     // too many of them
    public void WhatIsNoGreeting_IsRefused(int at, byte value)
    {
        var bytes = Written.ToArray();
        bytes[at] = value;
        Assert.False(RsocketGreeting.TryParse(bytes, out _));
    }

    [Fact]
    public void NoCredits_AreRefused()
    {
        var bytes = Written.ToArray();
        (bytes[2], bytes[3]) = (0, 0);
        Assert.False(RsocketGreeting.TryParse(bytes, out _));
    }

    [Fact]
    public void AnyBytes_AreAGreetingOrNone_OnReturns() => Gen.Byte.Array[0, 80].Sample(static bytes => { _ = RsocketGreeting.TryParse(bytes, out _); }, iter: Fuzzing.Inputs(2000));

    [Theory]
    [InlineData(0x00000005u, 0, 5u)]             // RS_OP_DATA
    [InlineData(0x80001234u, 4, 0x1234u)]        // RS_OP_SGL
    [InlineData(0xC0000001u, 6, 1u)]             // RS_OP_IOMAP_SGL
    [InlineData(0xE0000002u, 7, 2u)]             // RS_OP_CTRL, RS_CTRL_SHUTDOWN
    public void Messages_HaveTheirKindInTheUpperThreeBits(uint bits, int kind, uint value)
    {
        var message = new RsocketMessage(bits);
        Assert.Equal((RsocketMessageKind)kind, message.Kind);
        Assert.Equal(value, message.Value);
    }

    [Fact]
    public void Messages_AreMadeAsTheyAreRead()
    {
        Assert.Equal(0x00010000u, RsocketMessage.Data(65536).Bits);
        Assert.Equal(0x8000FFFFu, RsocketMessage.Grant(65535).Bits);
        Assert.Equal(0xE0000000u, RsocketMessage.Control(RsocketControl.Disconnect).Bits);
    }
}
