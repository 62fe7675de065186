using static Toe.Linux.BpfRegister;
using static Toe.Linux.SteeringFrame;

namespace Toe.Linux;

/// <summary>
/// On the interface, for what arrives: segments of steered connections, and SYNs to steered listeners that no connection of the kernel's
/// waits for, go to the engine; ICMP errors about steered connections go to both; the rest goes on.
/// </summary>
internal static class IngressProgram
{
    private const int SegmentStart = 14;        // As far as the flags: RFC 9293 §3.1
    private const int FlagsAt = Packet + 13;
    private const int SynRstAck = 0x16;
    private const int Syn = 0x02;
    private const int Icmp = 1;
    private const int IcmpV6 = 58;
    private const int StateListen = 10;         // TCP_LISTEN, net/tcp_states.h
    private const int SocketStateAt = 72;       // struct bpf_sock, linux/bpf.h
    private const int CurrentNamespace = -1;    // BPF_F_CURRENT_NETNS
    private const int TupleLengthIPv4 = 12;     // struct bpf_sock_tuple
    private const int TupleLengthIPv6 = 36;

    /// <summary>Writes the program.</summary>
    /// <param name="flows">The steered connections.</param>
    /// <param name="listeners">The steered listeners.</param>
    /// <param name="engineInterface">The engine's device.</param>
    /// <param name="givenBack">The mark of packets that the engine gave to the kernel, which are not steered again.</param>
    internal static BpfInstruction[] Assemble(BpfMap flows, BpfMap listeners, int engineInterface, int givenBack)
    {
        var assembler = new BpfAssembler();
        var (notOurs, v4, v6, tcp, icmp, icmpV6, steer, pass) = (
            assembler.Label(), assembler.Label(), assembler.Label(), assembler.Label(), assembler.Label(), assembler.Label(), assembler.Label(), assembler.Label());
        assembler
            .Copy(R6, R1)
            .Load(BpfWidth.Word, R1, R6, MarkAt)
            .JumpIf(BpfCondition.NotEqual, R1, givenBack, notOurs)
            .Set(R1, 0)
            .Store(BpfWidth.Word, R6, MarkAt, R1)
            .Exit(TcxLink.Next)
            .Mark(notOurs)
            .Load(BpfWidth.Word, R1, R6, VlanPresentAt)
            .JumpIf(BpfCondition.NotEqual, R1, 0, pass) // Another interface's.
            .Load(BpfWidth.Word, R1, R6, ProtocolAt)
            .JumpIf(BpfCondition.Equal, R1, ProtocolIPv4, v4)
            .JumpIf(BpfCondition.Equal, R1, ProtocolIPv6, v6)
            .Jump(pass)
            .Mark(v4)
            .ReadIPv4(KeyRemote, KeyLocal, pass)
            .JumpIf(BpfCondition.Equal, R9, Tcp, tcp)
            .JumpIf(BpfCondition.Equal, R9, Icmp, icmp)
            .Jump(pass)
            .Mark(v6)
            .ReadIPv6(KeyRemote, KeyLocal, pass)
            .JumpIf(BpfCondition.Equal, R9, Tcp, tcp)
            .JumpIf(BpfCondition.Equal, R9, IcmpV6, icmpV6)
            .Jump(pass);
        WriteSegment(assembler.Mark(tcp), flows, listeners, steer, pass);
        WriteIcmp(assembler.Mark(icmp), flows, engineInterface, pass);
        WriteIcmpV6(assembler.Mark(icmpV6), flows, engineInterface, pass);
        return assembler
            .Mark(steer)
            .Set(R1, engineInterface)
            .Set(R2, 0)
            .Call(BpfHelper.Redirect)
            .Exit()
            .Mark(pass)
            .Exit(TcxLink.Next)
            .Assemble();
    }

    private static void WriteSegment(BpfAssembler assembler, BpfMap flows, BpfMap listeners, BpfLabel steer, BpfLabel pass)
    {
        var listening = assembler.Label();
        assembler
            .LoadPacketAtR7(SegmentStart, pass)
            .Move(BpfWidth.Word, KeyRemotePort, Packet) // Both ports, in the packet's order.
            .Load(BpfWidth.Byte, R8, R10, FlagsAt)
            .Lookup(flows, Key)
            .JumpIf(BpfCondition.NotEqual, R0, 0, steer)
            .Calculate(BpfArithmetic.And, R8, SynRstAck)
            .JumpIf(BpfCondition.NotEqual, R8, Syn, pass)
            .Clear(Listener, 24)
            .MoveIPv6Address(Listener, KeyLocal)
            .Move(BpfWidth.Half, ListenerPort, KeyLocalPort)
            .Move(BpfWidth.Half, ListenerFamily, KeyFamily)
            .Lookup(listeners, Listener)
            .JumpIf(BpfCondition.NotEqual, R0, 0, listening)
            .Clear(Listener, 16) // Any address.
            .Lookup(listeners, Listener)
            .JumpIf(BpfCondition.Equal, R0, 0, pass)
            .Mark(listening);
        WriteSocketLookup(assembler, steer, pass);
    }

    /// <summary>A SYN may be sent again for a connection that the kernel has begun: then it is the kernel's.</summary>
    private static void WriteSocketLookup(BpfAssembler assembler, BpfLabel steer, BpfLabel pass)
    {
        var (v6, found) = (assembler.Label(), assembler.Label());
        assembler
            .Clear(SocketTuple, 40)
            .Load(BpfWidth.Half, R1, R10, KeyFamily)
            .JumpIf(BpfCondition.Equal, R1, FlowKey.IPv6, v6)
            .Move(BpfWidth.Word, SocketTuple, KeyRemote)
            .Move(BpfWidth.Word, SocketTuple + 4, KeyLocal)
            .Move(BpfWidth.Word, SocketTuple + 8, KeyRemotePort)
            .Set(R3, TupleLengthIPv4)
            .LookupSocket()
            .Jump(found)
            .Mark(v6)
            .MoveIPv6Address(SocketTuple, KeyRemote)
            .MoveIPv6Address(SocketTuple + 16, KeyLocal)
            .Move(BpfWidth.Word, SocketTuple + 32, KeyRemotePort)
            .Set(R3, TupleLengthIPv6)
            .LookupSocket()
            .Mark(found)
            .JumpIf(BpfCondition.Equal, R0, 0, steer)
            .Load(BpfWidth.Word, R7, R0, SocketStateAt)
            .Copy(R1, R0)
            .Call(BpfHelper.ReleaseSocket)
            .JumpIf(BpfCondition.Equal, R7, StateListen, steer)
            .Jump(pass);
    }

    private static BpfAssembler LookupSocket(this BpfAssembler assembler) => assembler
        .Copy(R1, R6)
        .SetFrameAddress(R2, SocketTuple)
        .Set(R4, CurrentNamespace)
        .Set(R5, 0)
        .Call(BpfHelper.LookupSocket);

    /// <summary>RFC 792: the message has 8 bytes, then the header of the packet it speaks of, which we sent.</summary>
    private static void WriteIcmp(BpfAssembler assembler, BpfMap flows, int engineInterface, BpfLabel pass)
    {
        const int quoted = Packet + 8;
        const int unreachable = 3, timeExceeded = 11, parameterProblem = 12;
        var error = assembler.Label();
        assembler
            .LoadPacketAtR7(28, pass)
            .Load(BpfWidth.Byte, R1, R10, Packet)
            .JumpIf(BpfCondition.Equal, R1, unreachable, error)
            .JumpIf(BpfCondition.Equal, R1, timeExceeded, error)
            .JumpIf(BpfCondition.NotEqual, R1, parameterProblem, pass)
            .Mark(error)
            .Load(BpfWidth.Byte, R1, R10, quoted + 9)
            .JumpIf(BpfCondition.NotEqual, R1, Tcp, pass)
            .Move(BpfWidth.Word, KeyLocal, quoted + 12)
            .Move(BpfWidth.Word, KeyRemote, quoted + 16)
            .Load(BpfWidth.Byte, R1, R10, quoted)
            .Calculate(BpfArithmetic.And, R1, 0xF)
            .Calculate(BpfArithmetic.ShiftLeft, R1, 2)
            .Calculate(BpfArithmetic.Add, R7, R1)
            .Calculate(BpfArithmetic.Add, R7, 8);
        WriteCopy(assembler, flows, engineInterface, pass);
    }

    /// <summary>RFC 4443 §3: errors are the types 1 to 4.</summary>
    private static void WriteIcmpV6(BpfAssembler assembler, BpfMap flows, int engineInterface, BpfLabel pass)
    {
        const int quoted = Packet + 8;
        const int lastError = 4;
        assembler
            .LoadPacketAtR7(8 + IPv6HeaderLength, pass)
            .Load(BpfWidth.Byte, R1, R10, Packet)
            .JumpIf(BpfCondition.Equal, R1, 0, pass)
            .JumpIf(BpfCondition.Greater, R1, lastError, pass)
            .Load(BpfWidth.Byte, R1, R10, quoted + 6)
            .JumpIf(BpfCondition.NotEqual, R1, Tcp, pass)
            .MoveIPv6Address(KeyLocal, quoted + 8)
            .MoveIPv6Address(KeyRemote, quoted + 24)
            .Calculate(BpfArithmetic.Add, R7, 8 + IPv6HeaderLength);
        WriteCopy(assembler, flows, engineInterface, pass);
    }

    /// <summary>The ports where R7 says are those of a packet we sent: local first.</summary>
    private static void WriteCopy(BpfAssembler assembler, BpfMap flows, int engineInterface, BpfLabel pass) => assembler
        .LoadPacketAtR7(4, pass)
        .Move(BpfWidth.Half, KeyLocalPort, Packet)
        .Move(BpfWidth.Half, KeyRemotePort, Packet + 2)
        .Lookup(flows, Key)
        .JumpIf(BpfCondition.Equal, R0, 0, pass)
        .Copy(R1, R6)
        .Set(R2, engineInterface)
        .Set(R3, 0)
        .Call(BpfHelper.CloneRedirect)
        .Jump(pass);
}
