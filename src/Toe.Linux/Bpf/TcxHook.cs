namespace Toe.Linux;

/// <summary>Where a program meets an interface's packets. Source: enum bpf_attach_type, linux/bpf.h.</summary>
internal enum TcxHook
{
    Ingress = 46,   // BPF_TCX_INGRESS
    Egress = 47,    // BPF_TCX_EGRESS
}
