using static Toe.Linux.BpfRegister;
using static Toe.Linux.SteeringFrame;

namespace Toe.Linux;

/// <summary>
/// On the interface, for what is sent: the kernel, which has no socket for a steered connection, would answer a segment that slipped past the steering
/// with RST. Resets of steered connections are sent only when they are the engine's own.
/// </summary>
internal static class ResetGuardProgram
{
    private const int SegmentStart = 14;
    private const int FlagsAt = Packet + 13;
    private const int Rst = 0x04;

    /// <summary>Writes the program.</summary>
    /// <param name="flows">The steered connections.</param>
    /// <param name="engineInterface">The engine's device.</param>
    internal static BpfInstruction[] Assemble(BpfMap flows, int engineInterface)
    {
        var assembler = new BpfAssembler();
        var (v4, v6, tcp, pass) = (assembler.Label(), assembler.Label(), assembler.Label(), assembler.Label());
        return assembler
            .Copy(R6, R1)
            .Load(BpfWidth.Word, R1, R6, IngressInterfaceAt)
            .JumpIf(BpfCondition.Equal, R1, engineInterface, pass)
            .Load(BpfWidth.Word, R1, R6, ProtocolAt)
            .JumpIf(BpfCondition.Equal, R1, ProtocolIPv4, v4)
            .JumpIf(BpfCondition.Equal, R1, ProtocolIPv6, v6)
            .Jump(pass)
            .Mark(v4)
            .ReadIPv4(KeyLocal, KeyRemote, pass)
            .Jump(tcp)
            .Mark(v6)
            .ReadIPv6(KeyLocal, KeyRemote, pass)
            .Mark(tcp)
            .JumpIf(BpfCondition.NotEqual, R9, Tcp, pass)
            .LoadPacketAtR7(SegmentStart, pass)
            .Load(BpfWidth.Byte, R1, R10, FlagsAt)
            .Calculate(BpfArithmetic.And, R1, Rst)
            .JumpIf(BpfCondition.Equal, R1, 0, pass)
            .Move(BpfWidth.Half, KeyLocalPort, Packet)
            .Move(BpfWidth.Half, KeyRemotePort, Packet + 2)
            .Lookup(flows, Key)
            .JumpIf(BpfCondition.Equal, R0, 0, pass)
            .Exit(TcxLink.Drop)
            .Mark(pass)
            .Exit(TcxLink.Next)
            .Assemble();
    }
}
