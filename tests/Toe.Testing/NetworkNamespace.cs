using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Toe.Testing;

/// <summary>
/// A network namespace of a test's own, deleted on disposal. Its name carries the process id: namespaces of processes that died are
/// swept by the next one made. Nothing in the first namespace is ever changed.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed partial class NetworkNamespace : IAsyncDisposable
{
    private const string Prefix = "toe-";
    private const string Folder = "/run/netns";
    private const int CloneNewNet = 0x40000000;     // CLONE_NEWNET, linux/sched.h

    private NetworkNamespace(string name) => Name = name;

    /// <summary>The name <c>ip netns</c> knows it by.</summary>
    public string Name { get; }

    /// <summary>Makes a namespace with its loopback interface up. Skips the test where that is impossible.</summary>
    public static async Task<NetworkNamespace> CreateAsync()
    {
        Needs.Root();
        Needs.Tool("ip");
        await SweepAsync();
        var process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var name = $"{Prefix}{process}-{RandomNumberGenerator.GetHexString(10, lowercase: true)}";
        var made = new NetworkNamespace(name);
        (await KernelPeer.RunAsync(["ip", "netns", "add", name])).Good();
        await made.IpAsync("link", "set", "lo", "up");
        return made;
    }

    /// <summary>Runs <c>ip</c> with these arguments in the namespace; a failure is an exception.</summary>
    public async Task<string> IpAsync(params string[] arguments) =>
        (await KernelPeer.RunAsync(["ip", "-n", Name, .. arguments])).Good().Output;

    /// <summary>Runs a program in the namespace to its end.</summary>
    public Task<ProcessAnswer> RunAsync(params string[] command) => KernelPeer.RunAsync(["ip", "netns", "exec", Name, .. command]);

    /// <summary>Starts a program in the namespace.</summary>
    public KernelPeer Start(params string[] command) => KernelPeer.Start(["ip", "netns", "exec", Name, .. command]);

    /// <summary>Makes a TAP device for a user, with addresses (CIDR) that are usable at once, and sets it up.</summary>
    public Task AddTapAsync(string device, int owner, params string[] addresses) => AddTapAsync(device, owner, severalQueues: false, addresses);

    /// <summary>The same, for one queue or several.</summary>
    public async Task AddTapAsync(string device, int owner, bool severalQueues, params string[] addresses)
    {
        string[] queues = severalQueues ? ["multi_queue"] : [];
        await IpAsync(["tuntap", "add", "dev", device, "mode", "tap", .. queues, "user", owner.ToString(CultureInfo.InvariantCulture)]);
        await AddAddressesAsync(device, addresses);
        await IpAsync("link", "set", device, "up");
    }

    /// <summary>Makes a veth pair with one end here and the other in <paramref name="other"/>, both up.</summary>
    public async Task AddVethAsync(string device, NetworkNamespace other, string otherDevice)
    {
        await IpAsync("link", "add", device, "type", "veth", "peer", "name", otherDevice, "netns", other.Name);
        await IpAsync("link", "set", device, "up");
        await other.IpAsync("link", "set", otherDevice, "up");
    }

    /// <summary>Gives a device addresses (CIDR); IPv6 ones without duplicate detection, so that they are usable at once.</summary>
    public async Task AddAddressesAsync(string device, params string[] addresses)
    {
        foreach (var address in addresses)
        {
            if (address.Contains(':', StringComparison.Ordinal))
                await IpAsync("address", "add", address, "dev", device, "nodad");
            else
                await IpAsync("address", "add", address, "dev", device);
        }
    }

    /// <summary>Runs code on a thread of its own inside the namespace; the thread never comes back to the pool.</summary>
    public Task<T> InsideAsync<T>(Func<T> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                done.SetResult(work());
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        })
        { IsBackground = true, Name = "inside " + Name };
        thread.Start();
        return done.Task;
    }

    /// <summary>Runs code on a thread of its own inside the namespace.</summary>
    public Task InsideAsync(Action work) => InsideAsync(() =>
    {
        work();
        return true;
    });

    /// <summary>Deletes the namespace; what still runs in it keeps it alive without a name.</summary>
    public async ValueTask DisposeAsync() => await KernelPeer.RunAsync(["ip", "netns", "delete", Name]);

    private void Enter()
    {
        using var file = File.OpenHandle(Path.Combine(Folder, Name));
        if (setns((int)file.DangerousGetHandle(), CloneNewNet) != 0)
            throw new InvalidOperationException("setns: " + Marshal.GetLastPInvokeErrorMessage());
    }

    private static async Task SweepAsync()
    {
        if (!Directory.Exists(Folder))
            return;
        foreach (var file in Directory.EnumerateFiles(Folder, Prefix + "*"))
        {
            var name = Path.GetFileName(file);
            if (name.Split('-') is [_, var id, _] && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && !Directory.Exists("/proc/" + id) && process > 0)
            {
                // Another run may sweep the same name; that it is gone is what matters.
                await KernelPeer.RunAsync(["ip", "netns", "delete", name]);
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int descriptor, int type);
}
