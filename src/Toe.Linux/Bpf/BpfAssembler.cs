namespace Toe.Linux;

/// <summary>Writes a program, one instruction a call, with labels for its jumps. The kernel's verifier judges what comes out.</summary>
internal sealed class BpfAssembler
{
    private const int ClassLoadImmediate = 0x00;    // BPF_LD, RFC 9669 §3
    private const int ClassLoad = 0x01;             // BPF_LDX
    private const int ClassStoreImmediate = 0x02;   // BPF_ST
    private const int ClassStore = 0x03;            // BPF_STX
    private const int ClassJump = 0x05;             // BPF_JMP
    private const int ClassArithmetic64 = 0x07;     // BPF_ALU64
    private const int ModeImmediate = 0x00;         // BPF_IMM, RFC 9669 §5
    private const int ModeMemory = 0x60;            // BPF_MEM
    private const int FromRegister = 0x08;          // BPF_X
    private const int JumpAlways = 0x00;            // BPF_JA
    private const int CallHelper = 0x80;            // BPF_CALL
    private const int ExitProgram = 0x90;           // BPF_EXIT
    private const int PseudoMap = 1;                // BPF_PSEUDO_MAP_FD, linux/bpf.h
    private const int Unset = -1;

    private readonly List<BpfInstruction> _instructions = [];
    private readonly List<(int At, BpfLabel To)> _jumps = [];
    private readonly List<int> _labels = [];

    /// <summary>A label that is placed later, by <see cref="Mark"/>.</summary>
    internal BpfLabel Label()
    {
        _labels.Add(Unset);
        return new BpfLabel(_labels.Count - 1);
    }

    /// <summary>The next instruction is the label's.</summary>
    internal BpfAssembler Mark(BpfLabel label)
    {
        _labels[label.Number] = _instructions.Count;
        return this;
    }

    internal BpfAssembler Set(BpfRegister register, int value) => Calculate(BpfArithmetic.Move, register, value);

    internal BpfAssembler Copy(BpfRegister to, BpfRegister from) => Add(ClassArithmetic64 | (int)BpfArithmetic.Move | FromRegister, to, from);

    internal BpfAssembler Calculate(BpfArithmetic operation, BpfRegister register, int value) => Add(ClassArithmetic64 | (int)operation, register, immediate: value);

    internal BpfAssembler Calculate(BpfArithmetic operation, BpfRegister register, BpfRegister other) => Add(ClassArithmetic64 | (int)operation | FromRegister, register, other);

    /// <summary>The address of a byte of the frame: offsets are negative.</summary>
    internal BpfAssembler SetFrameAddress(BpfRegister register, int offset) =>
        Copy(register, BpfRegister.R10).Calculate(BpfArithmetic.Add, register, offset);

    internal BpfAssembler SetMap(BpfRegister register, BpfMap map)
    {
        Add(ClassLoadImmediate | (int)BpfWidth.DoubleWord | ModeImmediate, register, (BpfRegister)PseudoMap, immediate: map.Descriptor);
        return Add(0, default); // The upper half of the value.
    }

    internal BpfAssembler Load(BpfWidth width, BpfRegister to, BpfRegister from, int offset) => Add(ClassLoad | ModeMemory | (int)width, to, from, offset);

    internal BpfAssembler Store(BpfWidth width, BpfRegister at, int offset, BpfRegister value) => Add(ClassStore | ModeMemory | (int)width, at, value, offset);

    internal BpfAssembler Store(BpfWidth width, BpfRegister at, int offset, int value) => Add(ClassStoreImmediate | ModeMemory | (int)width, at, default, offset, value);

    internal BpfAssembler Jump(BpfLabel to)
    {
        _jumps.Add((_instructions.Count, to));
        return Add(ClassJump | JumpAlways, default);
    }

    internal BpfAssembler JumpIf(BpfCondition condition, BpfRegister register, int value, BpfLabel to)
    {
        _jumps.Add((_instructions.Count, to));
        return Add(ClassJump | (int)condition, register, immediate: value);
    }

    internal BpfAssembler Call(BpfHelper helper) => Add(ClassJump | CallHelper, default, immediate: (int)helper);

    internal BpfAssembler Exit() => Add(ClassJump | ExitProgram, default);

    internal BpfAssembler Exit(int result) => Set(BpfRegister.R0, result).Exit();

    /// <summary>The whole program.</summary>
    /// <exception cref="InvalidOperationException">A jump goes to a label that was never placed.</exception>
    internal BpfInstruction[] Assemble()
    {
        var program = _instructions.ToArray();
        foreach (var (at, to) in _jumps)
        {
            var target = _labels[to.Number];
            if (target == Unset)
                throw new InvalidOperationException($"Label {to.Number} was never placed.");
            program[at] = program[at].WithOffset(target - at - 1);
        }

        return program;
    }

    private BpfAssembler Add(int code, BpfRegister destination, BpfRegister source = default, int offset = 0, int immediate = 0)
    {
        _instructions.Add(new BpfInstruction(code, destination, source, offset, immediate));
        return this;
    }
}
