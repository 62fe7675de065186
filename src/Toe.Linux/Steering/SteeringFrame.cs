using static Toe.Linux.BpfRegister;

namespace Toe.Linux;

/// <summary>What the steering programs have in common: the layout of their stack, and how they read packets. R6 is the packet, R7 where its TCP header begins.</summary>
internal static class SteeringFrame
{
    // struct __sk_buff, linux/bpf.h.
    internal const int MarkAt = 8;
    internal const int ProtocolAt = 16;
    internal const int VlanPresentAt = 20;
    internal const int IngressInterfaceAt = 36;

    internal const int EthernetLength = 14;
    internal const int IPv6HeaderLength = 40;
    internal const int ProtocolIPv4 = 0x0008;   // ETH_P_IP in network order
    internal const int ProtocolIPv6 = 0xDD86;   // ETH_P_IPV6 in network order
    internal const int Tcp = 6;

    // The stack, from the frame's end: the flow's key, the listener's, the kernel's own name of a flow, and bytes of the packet.
    internal const int Key = -FlowKey.Length;
    internal const int KeyRemote = Key + FlowKey.RemoteAt;
    internal const int KeyLocal = Key + FlowKey.LocalAt;
    internal const int KeyRemotePort = Key + FlowKey.RemotePortAt;
    internal const int KeyLocalPort = Key + FlowKey.LocalPortAt;
    internal const int KeyFamily = Key + FlowKey.FamilyAt;
    internal const int Listener = Key - 24;
    internal const int ListenerPort = Listener + ListenerKey.PortAt;
    internal const int ListenerFamily = Listener + ListenerKey.FamilyAt;
    internal const int SocketTuple = Listener - 40;
    internal const int Packet = SocketTuple - 64;

    private const int IPv4HeaderLength = 20;
    private const int FragmentOffsetMask = 0xFF1F; // 0x1FFF in network order, RFC 791 §3.1

    /// <summary>Copies bytes of the packet, from a fixed place, to <see cref="Packet"/>.</summary>
    internal static BpfAssembler LoadPacket(this BpfAssembler assembler, int from, int length, BpfLabel tooShort) =>
        assembler.Set(R2, from).LoadPacketAtR2(length, tooShort);

    /// <summary>Copies bytes of the packet, from where R7 says, to <see cref="Packet"/>.</summary>
    internal static BpfAssembler LoadPacketAtR7(this BpfAssembler assembler, int length, BpfLabel tooShort) =>
        assembler.Copy(R2, R7).LoadPacketAtR2(length, tooShort);

    internal static BpfAssembler Move(this BpfAssembler assembler, BpfWidth width, int to, int from) =>
        assembler.Load(width, R1, R10, from).Store(width, R10, to, R1);

    internal static BpfAssembler MoveIPv6Address(this BpfAssembler assembler, int to, int from) =>
        assembler.Move(BpfWidth.DoubleWord, to, from).Move(BpfWidth.DoubleWord, to + 8, from + 8);

    internal static BpfAssembler Clear(this BpfAssembler assembler, int at, int length)
    {
        for (var done = 0; done < length; done += 8)
            assembler.Store(BpfWidth.DoubleWord, R10, at + done, 0);
        return assembler;
    }

    /// <summary>Looks a key of the stack up; R0 is zero where there is none.</summary>
    internal static BpfAssembler Lookup(this BpfAssembler assembler, BpfMap map, int key) =>
        assembler.SetMap(R1, map).SetFrameAddress(R2, key).Call(BpfHelper.MapLookup);

    /// <summary>Reads an IPv4 header: the addresses into the key, R7 behind its options, R9 the protocol.</summary>
    /// <param name="assembler">The program.</param>
    /// <param name="source">Where the source address goes.</param>
    /// <param name="destination">Where the destination address goes.</param>
    /// <param name="other">Where a packet without ports goes: one that is too short, or the later part of another.</param>
    internal static BpfAssembler ReadIPv4(this BpfAssembler assembler, int source, int destination, BpfLabel other) => assembler
        .LoadPacket(EthernetLength, IPv4HeaderLength, other)
        .Load(BpfWidth.Half, R1, R10, Packet + 6)
        .JumpIf(BpfCondition.AnyBit, R1, FragmentOffsetMask, other)
        .Load(BpfWidth.Byte, R7, R10, Packet)
        .Calculate(BpfArithmetic.And, R7, 0xF)
        .Calculate(BpfArithmetic.ShiftLeft, R7, 2)
        .Calculate(BpfArithmetic.Add, R7, EthernetLength)
        .Clear(Key, FlowKey.Length)
        .Move(BpfWidth.Word, source, Packet + 12)
        .Move(BpfWidth.Word, destination, Packet + 16)
        .Store(BpfWidth.Half, R10, KeyFamily, FlowKey.IPv4)
        .Load(BpfWidth.Byte, R9, R10, Packet + 9);

    /// <summary>Reads an IPv6 header and what stands between it and the payload (RFC 8200 §4), as <see cref="ReadIPv4"/> does.</summary>
    internal static BpfAssembler ReadIPv6(this BpfAssembler assembler, int source, int destination, BpfLabel other)
    {
        assembler
            .LoadPacket(EthernetLength, IPv6HeaderLength, other)
            .Clear(Key, FlowKey.Length)
            .MoveIPv6Address(source, Packet + 8)
            .MoveIPv6Address(destination, Packet + 24)
            .Store(BpfWidth.Half, R10, KeyFamily, FlowKey.IPv6)
            .Load(BpfWidth.Byte, R9, R10, Packet + 6)
            .Set(R7, EthernetLength + IPv6HeaderLength);
        return assembler.SkipExtensionHeaders(other);
    }

    private static BpfAssembler SkipExtensionHeaders(this BpfAssembler assembler, BpfLabel other)
    {
        const int most = 4;
        const int hopByHop = 0, routing = 43, fragment = 44, destinationOptions = 60;
        const int fragmentOffsetMask = 0xF8FF; // 0xFFF8 in network order, RFC 8200 §4.5
        for (var header = 0; header < most; header++)
        {
            var (isOptions, isFragment, next) = (assembler.Label(), assembler.Label(), assembler.Label());
            assembler
                .JumpIf(BpfCondition.Equal, R9, hopByHop, isOptions)
                .JumpIf(BpfCondition.Equal, R9, routing, isOptions)
                .JumpIf(BpfCondition.Equal, R9, destinationOptions, isOptions)
                .JumpIf(BpfCondition.Equal, R9, fragment, isFragment)
                .Jump(next)
                .Mark(isOptions)
                .LoadPacketAtR7(8, other)
                .Load(BpfWidth.Byte, R9, R10, Packet)
                .Load(BpfWidth.Byte, R1, R10, Packet + 1)
                .Calculate(BpfArithmetic.Add, R1, 1)
                .Calculate(BpfArithmetic.ShiftLeft, R1, 3)
                .Calculate(BpfArithmetic.Add, R7, R1)
                .Jump(next)
                .Mark(isFragment)
                .LoadPacketAtR7(8, other)
                .Load(BpfWidth.Half, R1, R10, Packet + 2)
                .JumpIf(BpfCondition.AnyBit, R1, fragmentOffsetMask, other)
                .Load(BpfWidth.Byte, R9, R10, Packet)
                .Calculate(BpfArithmetic.Add, R7, 8)
                .Mark(next);
        }

        return assembler;
    }

    private static BpfAssembler LoadPacketAtR2(this BpfAssembler assembler, int length, BpfLabel tooShort) => assembler
        .Copy(R1, R6)
        .SetFrameAddress(R3, Packet)
        .Set(R4, length)
        .Call(BpfHelper.LoadBytes)
        .JumpIf(BpfCondition.NotEqual, R0, 0, tooShort);
}
