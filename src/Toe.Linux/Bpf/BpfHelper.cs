namespace Toe.Linux;

/// <summary>The kernel functions that programs call. Source: enum bpf_func_id, linux/bpf.h.</summary>
internal enum BpfHelper
{
    MapLookup = 1,          // bpf_map_lookup_elem
    CloneRedirect = 13,     // bpf_clone_redirect
    Redirect = 23,          // bpf_redirect
    LoadBytes = 26,         // bpf_skb_load_bytes
    ReleaseSocket = 86,     // bpf_sk_release
    LookupSocket = 99,      // bpf_skc_lookup_tcp
    RedirectNeighbour = 152, // bpf_redirect_neigh
}
