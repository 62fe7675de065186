using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>
/// The devices that librdmacm has open for this process. It keeps each open until the process ends or it finds another device in its place, and the kernel waits
/// for the last user before it lets a device go. So what belongs to a device that is going is given back here.
/// </summary>
internal static unsafe class RdmaContexts
{
    private const string Device = "/dev/infiniband/uverbs";
    private const string Events = "anon_inode:[infinibandevent]";

    private static readonly Lock Changing = new();
    private static readonly Dictionary<nint, OpenDevice> Open = [];

    /// <summary>Something in this process uses a device from now on.</summary>
    public static void AddUser(nint context)
    {
        lock (Changing)
        {
            if (!Open.TryGetValue(context, out var device))
                Open.Add(context, device = new OpenDevice(NameOf((VerbsContext*)context)));
            device.Users++;
        }
    }

    /// <summary>It does no longer.</summary>
    public static void RemoveUser(nint context)
    {
        lock (Changing)
        {
            if (Open.TryGetValue(context, out var device))
                device.Users--;
        }
    }

    /// <summary>Gives back every device without users that is not among those named.</summary>
    /// <param name="present">The devices that can be used.</param>
    /// <returns>False while one of them has users still.</returns>
    public static bool Release(IReadOnlyCollection<string> present)
    {
        lock (Changing)
        {
            var going = Open.Where(one => !present.Contains(one.Value.Name, StringComparer.Ordinal)).ToList();
            foreach (var (context, device) in going)
            {
                if (device.Users != 0)
                    continue;
                Replace(((VerbsContext*)context)->CommandDescriptor, Device);
                Replace(((VerbsContext*)context)->EventDescriptor, Events);
                Open.Remove(context);
            }

            return going.TrueForAll(static one => one.Value.Users == 0);
        }
    }

    private static string NameOf(VerbsContext* context) => Marshal.PtrToStringUTF8((nint)Ibverbs.ibv_get_device_name(context->Device)) ?? "";

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

    /// <summary>An open device.</summary>
    /// <param name="name">Its name.</param>
    private sealed class OpenDevice(string name)
    {
        public string Name => name;

        /// <summary>Identifiers on it.</summary>
        public int Users { get; set; }
    }
}
