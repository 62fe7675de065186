namespace Toe.Linux;

/// <summary>How much a load or store moves: the size bits of RFC 9669 §5.</summary>
internal enum BpfWidth
{
    Word = 0x00,        // BPF_W, 4 bytes
    Half = 0x08,        // BPF_H, 2 bytes
    Byte = 0x10,        // BPF_B
    DoubleWord = 0x18,  // BPF_DW, 8 bytes
}
