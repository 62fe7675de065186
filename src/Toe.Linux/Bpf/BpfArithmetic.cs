namespace Toe.Linux;

/// <summary>Arithmetic on 64 bits: the operation bits of RFC 9669 §4.1.</summary>
internal enum BpfArithmetic
{
    Add = 0x00,         // BPF_ADD
    And = 0x50,         // BPF_AND
    ShiftLeft = 0x60,   // BPF_LSH
    Move = 0xB0,        // BPF_MOV
}
