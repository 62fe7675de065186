using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct tcp_repair_window</c>. Source: linux/tcp.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RepairWindow
{
    internal uint SendWindowUpdate;
    internal uint SendWindow;
    internal uint MaximumSendWindow;
    internal uint ReceiveWindow;
    internal uint ReceiveWindowUpdate;
}
