namespace Toe.Linux;

/// <summary>The registers: R0 takes results, R1 to R5 arguments, which calls destroy, R6 to R9 keep, R10 is the frame's end. Source: RFC 9669 §2.</summary>
internal enum BpfRegister
{
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    R10,
}
