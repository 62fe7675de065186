using static Toe.Linux.BpfRegister;
using static Toe.Linux.SteeringFrame;

namespace Toe.Linux;

/// <summary>
/// On the engine's device, for what the engine wrote: a frame to nobody is sent on the interface, its next hop the kernel's to find; a frame to
/// somebody is given to the kernel, as if it had arrived on the interface.
/// </summary>
internal static class TransmitProgram
{
    private const int ToKernel = 1; // BPF_F_INGRESS, linux/bpf.h

    /// <summary>Writes the program.</summary>
    /// <param name="interfaceIndex">The interface that is shared.</param>
    /// <param name="givenBack">The mark of packets for the kernel.</param>
    internal static BpfInstruction[] Assemble(int interfaceIndex, int givenBack)
    {
        var assembler = new BpfAssembler();
        var (drop, giveBack) = (assembler.Label(), assembler.Label());
        return assembler
            .Copy(R6, R1)
            .LoadPacket(0, 8, drop)
            .Load(BpfWidth.Word, R1, R10, Packet)
            .JumpIf(BpfCondition.NotEqual, R1, 0, giveBack)
            .Load(BpfWidth.Half, R1, R10, Packet + 4)
            .JumpIf(BpfCondition.NotEqual, R1, 0, giveBack)
            .Set(R1, interfaceIndex)
            .Set(R2, 0)
            .Set(R3, 0)
            .Set(R4, 0)
            .Call(BpfHelper.RedirectNeighbour)
            .Exit()
            .Mark(giveBack)
            .Set(R1, givenBack)
            .Store(BpfWidth.Word, R6, MarkAt, R1)
            .Set(R1, interfaceIndex)
            .Set(R2, ToKernel)
            .Call(BpfHelper.Redirect)
            .Exit()
            .Mark(drop)
            .Exit(TcxLink.Drop)
            .Assemble();
    }
}
