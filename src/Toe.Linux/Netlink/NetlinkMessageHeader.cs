using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct nlmsghdr</c>. Source: linux/netlink.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkMessageHeader
{
    internal const int Size = 16;

    internal const ushort Noop = 1;                 // NLMSG_NOOP
    internal const ushort Error = 2;                // NLMSG_ERROR
    internal const ushort Done = 3;                 // NLMSG_DONE
    internal const ushort Overrun = 4;              // NLMSG_OVERRUN

    internal const ushort FlagRequest = 0x01;       // NLM_F_REQUEST
    internal const ushort FlagMulti = 0x02;         // NLM_F_MULTI
    internal const ushort FlagDumpInterrupted = 0x10;   // NLM_F_DUMP_INTR
    internal const ushort FlagDump = 0x300;         // NLM_F_DUMP
    internal const ushort FlagCapped = 0x100;       // NLM_F_CAPPED, in an error message
    internal const ushort FlagErrorAttributes = 0x200;  // NLM_F_ACK_TLVS, in an error message

    internal uint Length;
    internal ushort Type;
    internal ushort Flags;
    internal uint Sequence;
    internal uint PortId;
}
