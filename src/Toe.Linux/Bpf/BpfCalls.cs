using System.Runtime.InteropServices;
using System.Text;

namespace Toe.Linux;

/// <summary>The bpf(2) system call, which has no library function. Commands and offsets: enum bpf_cmd and union bpf_attr, linux/bpf.h.</summary>
internal static unsafe class BpfCalls
{
    private const int AttributeLength = 144;
    private const int MapCreate = 0;        // BPF_MAP_CREATE
    private const int MapUpdate = 2;        // BPF_MAP_UPDATE_ELEM
    private const int MapDelete = 3;        // BPF_MAP_DELETE_ELEM
    private const int ProgramLoad = 5;      // BPF_PROG_LOAD
    private const int LinkCreate = 28;      // BPF_LINK_CREATE
    private const int SocketFilterProgram = 1; // BPF_PROG_TYPE_SOCKET_FILTER
    private const int ClassifierProgram = 3; // BPF_PROG_TYPE_SCHED_CLS
    private const int LogLength = 64 * 1024;

    private const string Privileges = "It needs CAP_NET_ADMIN and CAP_BPF (before Linux 5.8 CAP_SYS_ADMIN).";

    /// <summary>Makes a map.</summary>
    /// <exception cref="LinuxException">The kernel has no bpf(2), or this process may not use it.</exception>
    internal static FileDescriptor CreateMap(int type, int keyLength, int valueLength, int entries, int flags)
    {
        var attribute = stackalloc byte[AttributeLength];
        new Span<byte>(attribute, AttributeLength).Clear();
        var words = (int*)attribute;
        (words[0], words[1], words[2], words[3], words[4]) = (type, keyLength, valueLength, entries, flags);
        return Open("bpf BPF_MAP_CREATE", MapCreate, attribute, remedy: null);
    }

    /// <summary>Sets an entry of a map.</summary>
    /// <returns>0, or the error number.</returns>
    internal static int UpdateMap(FileDescriptor map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyBytes = key, valueBytes = value)
            return CallOnMap(MapUpdate, map, keyBytes, valueBytes);
    }

    /// <summary>Takes an entry out of a map.</summary>
    /// <returns>0, or the error number.</returns>
    internal static int DeleteFromMap(FileDescriptor map, ReadOnlySpan<byte> key)
    {
        fixed (byte* keyBytes = key)
            return CallOnMap(MapDelete, map, keyBytes, null);
    }

    /// <summary>Loads a program for traffic control.</summary>
    /// <exception cref="LinuxException">The verifier refuses it, or this process may not load one; what the verifier said last is the remedy.</exception>
    internal static FileDescriptor LoadClassifier(ReadOnlySpan<BpfInstruction> program, int attachType) => Load(program, ClassifierProgram, attachType);

    /// <summary>Loads a program that says how much of a packet a socket gets.</summary>
    /// <exception cref="LinuxException">The verifier refuses it, or this process may not load one; what the verifier said last is the remedy.</exception>
    internal static FileDescriptor LoadSocketFilter(ReadOnlySpan<BpfInstruction> program) => Load(program, SocketFilterProgram, attachType: 0);

    /// <summary>Attaches a program to an interface for as long as the descriptor is open.</summary>
    /// <exception cref="LinuxException">The interface is gone, or this kernel has no tcx.</exception>
    internal static FileDescriptor Attach(FileDescriptor program, int interfaceIndex, int attachType)
    {
        var attribute = stackalloc byte[AttributeLength];
        new Span<byte>(attribute, AttributeLength).Clear();
        var words = (int*)attribute;
        (words[0], words[1], words[2]) = ((int)program.DangerousGetHandle(), interfaceIndex, attachType); // prog_fd, target_ifindex, attach_type
        return Open("bpf BPF_LINK_CREATE (tcx)", LinkCreate, attribute, static () => "Attaching with tcx needs Linux 6.6 or later.");
    }

    private static FileDescriptor Load(ReadOnlySpan<BpfInstruction> program, int type, int attachType)
    {
        var attribute = stackalloc byte[AttributeLength];
        new Span<byte>(attribute, AttributeLength).Clear();
        var log = new byte[LogLength];
        fixed (BpfInstruction* instructions = program)
        fixed (byte* license = "Dual MIT/GPL\0"u8, logBytes = log)
        {
            *(int*)attribute = type;                                // prog_type
            *(int*)(attribute + 4) = program.Length;                // insn_cnt
            *(void**)(attribute + 8) = instructions;                // insns
            *(void**)(attribute + 16) = license;                    // license
            *(int*)(attribute + 24) = 1;                            // log_level
            *(int*)(attribute + 28) = LogLength;                    // log_size
            *(void**)(attribute + 32) = logBytes;                   // log_buf
            *(int*)(attribute + 68) = attachType;                   // expected_attach_type
            return Open("bpf BPF_PROG_LOAD", ProgramLoad, attribute, () => LastOf(log));
        }
    }

    private static int CallOnMap(int command, FileDescriptor map, byte* key, byte* value)
    {
        var attribute = stackalloc byte[AttributeLength];
        new Span<byte>(attribute, AttributeLength).Clear();
        *(void**)(attribute + 8) = key;                             // key
        *(void**)(attribute + 16) = value;                          // value
        var isHeld = false;
        try
        {
            map.DangerousAddRef(ref isHeld); // Or another's descriptor may have the number by now.
            *(int*)attribute = (int)map.DangerousGetHandle();       // map_fd
            return Libc.Bpf(command, attribute, AttributeLength) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        catch (ObjectDisposedException)
        {
            return ErrorNumber.BadDescriptor;
        }
        finally
        {
            if (isHeld)
                map.DangerousRelease();
        }
    }

    private static FileDescriptor Open(string operation, int command, byte* attribute, Func<string?>? remedy)
    {
        var descriptor = (int)Libc.Bpf(command, attribute, AttributeLength);
        if (descriptor >= 0)
            return new FileDescriptor(descriptor);
        var error = Marshal.GetLastPInvokeError();
        throw new LinuxException(operation, error, error switch
        {
            ErrorNumber.NotPermitted => Privileges,
            ErrorNumber.InvalidArgument or ErrorNumber.AccessDenied => remedy?.Invoke(),
            _ => null,
        });
    }

    /// <summary>The last lines of the verifier's log: what it refuses and where.</summary>
    private static string? LastOf(byte[] log)
    {
        var length = Array.IndexOf(log, (byte)0);
        var lines = Encoding.UTF8.GetString(log, 0, length < 0 ? log.Length : length).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 0 ? null : "The verifier says: " + string.Join("; ", lines.TakeLast(4)) + ".";
    }
}
