using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>A socket filter that lets nothing through: the socket does not see what arrives, and the peer hears nothing.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class DropFilter
{
    /// <summary>Loaded once: a classic filter is compiled anew for each socket, while its connection stands still. Null where this process may load no program.</summary>
    private static readonly Lazy<FileDescriptor?> Program = new(TryLoad);

    /// <summary>What arrives from now on is dropped below the socket.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    internal static void Attach(RepairSocket socket)
    {
        if (Program.Value is { } program && socket.TrySet(SocketOption.AttachProgram, (int)program.DangerousGetHandle()) == 0)
            return;
        var drop = FilterInstruction.Drop;
        socket.Set<FilterProgram>(SocketOption.AttachFilter, [new FilterProgram { Length = 1, Instructions = &drop }]);
    }

    private static FileDescriptor? TryLoad()
    {
        try
        {
            return BpfCalls.LoadSocketFilter(new BpfAssembler().Exit(0).Assemble());
        }
        catch (LinuxException)
        {
            return null; // CAP_BPF is needed for steering, not for moving.
        }
    }
}
