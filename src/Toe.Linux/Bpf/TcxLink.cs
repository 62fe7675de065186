namespace Toe.Linux;

/// <summary>A program on an interface. Goes with its descriptor: at the latest when the process ends, however it ends.</summary>
internal sealed class TcxLink : IDisposable
{
    internal const int Next = -1;       // TCX_NEXT, linux/bpf.h: another program, or the kernel, decides
    internal const int Drop = 2;        // TCX_DROP

    private readonly FileDescriptor _descriptor;

    /// <summary>Loads a program and attaches it, behind those that are attached already.</summary>
    /// <exception cref="LinuxException">The kernel has no tcx, this process may not use it, or the interface is gone.</exception>
    internal TcxLink(ReadOnlySpan<BpfInstruction> program, int interfaceIndex, TcxHook hook)
    {
        using var loaded = BpfCalls.LoadClassifier(program, (int)hook);
        _descriptor = BpfCalls.Attach(loaded, interfaceIndex, (int)hook);
    }

    public void Dispose() => _descriptor.Dispose();
}
