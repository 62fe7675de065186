using System.Globalization;
using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>librdmacm and libibverbs: whether they are here, and what the process may pin for them. Without them nothing else of this machine changes.</summary>
public static class RdmaLibrary
{
    /// <summary>What a connection pins by default, in bytes: two buffers of 256 KiB, and the slots behind them, by pages.</summary>
    public const int PinnedByConnection = 520 * 1024;

    private const int LockMemory = 14;              // CAP_IPC_LOCK, linux/capability.h
    private const int MemoryLockLimit = 8;          // RLIMIT_MEMLOCK, asm-generic/resource.h

    private static readonly Lazy<ToeReason> Loaded = new(static () => TryLoad(RdmaCm.Library));
    private static readonly Lazy<bool> MayPinAnything = new(static () => HasCapability(File.ReadLines("/proc/self/status"), LockMemory));

    /// <summary>Closing calls that the library does not return from. Each is a thread that waits, and a connection whose memory stays pinned.</summary>
    public static int StuckCalls => RdmaCalls.Closing.Stuck;

    /// <summary>Bytes that the process may pin (<c>ulimit -l</c>); null without a limit, as for whoever has CAP_IPC_LOCK.</summary>
    public static long? PinnedLimit => MayPinAnything.Value ? null : ReadLimit(MemoryLockLimit);

    /// <summary>Rsockets of this process that are open, or not given back yet by the device; listeners too.</summary>
    public static int OpenSockets => RdmaIdentifier.OpenCount;

    /// <summary>
    /// Lets devices go that can no longer be used: the kernel waits for the last user of a device that is taken away, and the library keeps what it opened once. To be called
    /// until it succeeds, after a device was seen to go and its sockets were disposed.
    /// </summary>
    /// <param name="present">The names of the devices that can be used.</param>
    /// <returns>False while sockets of a device that goes are still open.</returns>
    public static bool ReleaseDevices(IReadOnlyCollection<string> present)
    {
        ArgumentNullException.ThrowIfNull(present);
        return RdmaContexts.Release(present);
    }

    /// <summary>Queue pairs that a device has, of which each connection takes one; it shares them with all programs of the machine. Opens the device for the time of the call.</summary>
    /// <param name="device">The device's name.</param>
    /// <returns>Null where the device cannot be asked.</returns>
    public static unsafe int? ReadQueuePairs(string device)
    {
        ArgumentException.ThrowIfNullOrEmpty(device);
        if (!Check().IsNone)
            return null;
        int count;
        var list = Ibverbs.ibv_get_device_list(&count);
        if (list is null)
            return null;
        int? found = null;
        for (var i = 0; i < count; i++)
        {
            if (Marshal.PtrToStringUTF8((nint)Ibverbs.ibv_get_device_name(list[i])) == device)
                found = ReadQueuePairs(list[i]);
        }

        Ibverbs.ibv_free_device_list(list);
        return found;
    }

    /// <summary>Whether RDMA devices can be used in this process.</summary>
    /// <returns><see cref="ToeReason.None"/>, or what is missing and what to do.</returns>
    public static ToeReason Check() => Loaded.Value;

    internal static ToeReason TryLoad(string library)
    {
        if (!OperatingSystem.IsLinux())
            return ToeReasons.EnvironmentOperatingSystem.With("RDMA devices are used on Linux");
        if (!NativeLibrary.TryLoad(library, out var loaded))
            return ToeReasons.EnvironmentDevice.With($"{library} is not installed: Debian and Ubuntu have it in librdmacm1 and ibverbs-providers, Fedora in librdmacm and libibverbs");
        if (!NativeLibrary.TryGetExport(loaded, "rdma_create_qp", out _))
            return ToeReasons.EnvironmentDevice.With($"{library} is not librdmacm");
        return NativeLibrary.TryLoad(Ibverbs.Library, out _)
            ? ToeReason.None
            : ToeReasons.EnvironmentDevice.With($"{Ibverbs.Library} is not installed: Debian and Ubuntu have it in libibverbs1 and ibverbs-providers, Fedora in libibverbs");
    }

    private static unsafe int? ReadQueuePairs(VerbsDevice* device)
    {
        var context = Ibverbs.ibv_open_device(device);
        if (context is null)
            return null;
        VerbsLimits limits;
        var isRead = Ibverbs.ibv_query_device(context, &limits) == 0;
        _ = Ibverbs.ibv_close_device(context);
        return isRead ? limits.QueuePairs : null;
    }

    /// <summary><c>CapEff:\t000001ffffffffff</c></summary>
    internal static bool HasCapability(IEnumerable<string> status, int capability)
    {
        const string Label = "CapEff:";
        var line = status.FirstOrDefault(static line => line.StartsWith(Label, StringComparison.Ordinal));
        return ulong.TryParse(line.AsSpan(line is null ? 0 : Label.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var set)
            && (set & (1UL << capability)) != 0;
    }

    private static unsafe long? ReadLimit(int resource)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var limit = stackalloc ulong[2]; // struct rlimit: soft, hard
        return Libc.getrlimit(resource, limit) == 0 && limit[0] <= long.MaxValue ? (long)limit[0] : null;
    }
}
