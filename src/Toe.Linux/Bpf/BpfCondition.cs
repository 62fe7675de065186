namespace Toe.Linux;

/// <summary>When a jump is taken; unsigned. The operation bits of RFC 9669 §4.3.</summary>
internal enum BpfCondition
{
    Equal = 0x10,           // BPF_JEQ
    Greater = 0x20,         // BPF_JGT
    AnyBit = 0x40,          // BPF_JSET
    NotEqual = 0x50,        // BPF_JNE
}
