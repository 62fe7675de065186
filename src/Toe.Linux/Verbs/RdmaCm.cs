using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>The connection manager's calls of librdmacm. Each answers 0, or -1 with the last P/Invoke error. Source: rdma/rdma_cma.h.</summary>
internal static unsafe partial class RdmaCm
{
    internal const string Library = "librdmacm.so.1";

    internal const int PortSpaceTcp = 0x106;            // RDMA_PS_TCP
    internal const int OptionsOfIdentifier = 0;         // RDMA_OPTION_ID
    internal const int TypeOfService = 0;               // RDMA_OPTION_ID_TOS, a byte
    internal const int ReuseAddress = 1;                // RDMA_OPTION_ID_REUSEADDR, an int
    internal const int OnlyThisFamily = 2;              // RDMA_OPTION_ID_AFONLY, an int

    /// <summary>A channel begins with its descriptor.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int* rdma_create_event_channel();

    [LibraryImport(Library)]
    internal static partial void rdma_destroy_event_channel(int* channel);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rdma_create_id(int* channel, CmIdentifier** identifier, void* cookie, int portSpace);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rdma_destroy_id(CmIdentifier* identifier);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rdma_set_option(CmIdentifier* identifier, int level, int name, void* value, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rdma_bind_addr(CmIdentifier* identifier, byte* address);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rdma_listen(CmIdentifier* identifier, int backlog);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rdma_resolve_addr(CmIdentifier* identifier, byte* source, byte* destination, int milliseconds);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rdma_resolve_route(CmIdentifier* identifier, int milliseconds);

    /// <summary>With no domain of the caller's own it takes the library's, one for each device.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rdma_create_qp(CmIdentifier* identifier, void* domain, QueuePairAttributes* attributes);

    [LibraryImport(Library)]
    internal static partial void rdma_destroy_qp(CmIdentifier* identifier);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rdma_connect(CmIdentifier* identifier, CmParameters* parameters);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rdma_accept(CmIdentifier* identifier, CmParameters* parameters);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rdma_reject(CmIdentifier* identifier, void* data, byte length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rdma_get_cm_event(int* channel, CmEvent** happened);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rdma_ack_cm_event(CmEvent* happened);
}
