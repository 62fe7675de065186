using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>
/// The devices that librdmacm has open for this process. It keeps each open until the process ends or it finds another device in its place, and the kernel waits
/// for the last user before it lets a device go. So what belongs to a device that is going is given back here.
/// </summary>
internal static unsafe partial class RdmaContexts
{
    private const int CommandDescriptor = 264;      // offsetof(struct ibv_context, cmd_fd): a pointer and 32 of struct ibv_context_ops, infiniband/verbs.h
    private const int EventDescriptor = 268;        // offsetof(struct ibv_context, async_fd)
    private const string Device = "/dev/infiniband/uverbs";
    private const string Events = "anon_inode:[infinibandevent]";

    private static readonly Lock Changing = new();
    private static readonly List<Context> Held = [];

    /// <summary>Opens the devices there are, as the library itself does for its first connection, and remembers them: when one goes, the library no longer shows what it holds.</summary>
    public static void Hold()
    {
        lock (Changing)
        {
            int count;
            var list = rdma_get_devices(&count);
            if (list is null)
                return;
            Held.Clear();
            for (var i = 0; i < count; i++)
            {
                if (Marshal.PtrToStringUTF8((nint)ibv_get_device_name(*(void**)list[i])) is { } name)
                    Held.Add(new Context(name, *(int*)(list[i] + CommandDescriptor), *(int*)(list[i] + EventDescriptor)));
            }

            rdma_free_devices(list);
        }
    }

    /// <summary>Gives back every device that is not among those named. Only when no rsocket of such a device is open.</summary>
    /// <param name="present">The devices that can be used.</param>
    public static void Release(IReadOnlyCollection<string> present)
    {
        lock (Changing)
        {
            foreach (var context in Held.Where(context => !present.Contains(context.Name, StringComparer.Ordinal)))
            {
                Replace(context.Commands, Device);
                Replace(context.Events, Events);
            }

            Held.RemoveAll(context => !present.Contains(context.Name, StringComparer.Ordinal));
        }
    }

    /// <summary>The library still owns the number and closes it in time; what it stands for is given back now. Checked, since the place is read from a foreign structure.</summary>
    private static void Replace(int descriptor, string expected)
    {
        if (descriptor < 0 || new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget?.StartsWith(expected, StringComparison.Ordinal) != true)
            return;
        var nothing = Libc.open("/dev/null", Libc.OpenReadWrite | Libc.OpenCloseOnExec, 0);
        if (nothing < 0)
            return;
        _ = Libc.dup3(nothing, descriptor, Libc.OpenCloseOnExec);
        _ = Libc.close(nothing);
    }

    [LibraryImport(RdmaCm.Library)]
    private static partial byte** rdma_get_devices(int* count);

    [LibraryImport(RdmaCm.Library)]
    private static partial void rdma_free_devices(byte** list);

    [LibraryImport("libibverbs.so.1")]
    private static partial byte* ibv_get_device_name(void* device);

    /// <summary>An open device.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Commands">The descriptor of its node.</param>
    /// <param name="Events">The descriptor of its asynchronous events.</param>
    private sealed record Context(string Name, int Commands, int Events);
}
