using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>Opens /dev/net/tun and binds the descriptor to an interface, with a remedy for everything an operator can meet.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class TapOpener
{
    /// <summary>MAX_TAP_QUEUES of drivers/net/tun.c.</summary>
    internal const int MaximumQueues = 256;

    private const string CloneDevice = "/dev/net/tun";

    /// <summary>The interface's name must exist already, so that no device is made silently.</summary>
    internal static FileDescriptor Attach(FileDescriptor control, string name, bool severalQueues, out int index)
    {
        var request = InterfaceRequest.For(name);
        if (Libc.ioctl(control, Libc.GetInterfaceIndex, &request) < 0)
            throw LinuxException.Last($"TAP device {name} does not exist", HowToMake(name, severalQueues));
        index = request.Value;
        var descriptor = Open();
        try
        {
            // Whether there are virtio-net headers is each attachment's own choice, however the device was made.
            var flags = Flags(descriptor) | (severalQueues ? TunFlags.MultiQueue : 0);
            var error = SetInterface(descriptor, name, flags);
            // A device made with "multi_queue" wants the same flag of everyone who attaches.
            if (error == ErrorNumber.InvalidArgument && !severalQueues)
                error = SetInterface(descriptor, name, flags | TunFlags.MultiQueue);
            if (error != 0)
                throw new LinuxException($"TUNSETIFF {name}", error, AttachRemedy(name, error, severalQueues));
            // The device may have gone between the two calls, and the privileged would have made a new one. Closing removes it again.
            request = InterfaceRequest.For(name);
            if (Libc.ioctl(control, Libc.GetInterfaceIndex, &request) < 0 || request.Value != index)
                throw new LinuxException($"TAP device {name} was replaced while attaching", ErrorNumber.NoDevice, HowToMake(name, severalQueues));
            return descriptor;
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Makes a device that lives as long as the descriptor, and sets it up.</summary>
    /// <param name="control">A socket for interface requests.</param>
    /// <param name="name">The name; with a queue length its beginning, to which the kernel adds a number.</param>
    /// <param name="queueLength">Frames that may wait; null for the kernel's default.</param>
    /// <param name="index">The interface's index.</param>
    internal static FileDescriptor Create(FileDescriptor control, string name, int? queueLength, out int index)
    {
        var descriptor = Open();
        name = queueLength is null ? name : name + "%d";
        try
        {
            var error = SetInterface(descriptor, name, Flags(descriptor) | TunFlags.Exclusive);
            if (error != 0)
            {
                throw new LinuxException($"TUNSETIFF {name}", error, error switch
                {
                    ErrorNumber.NotPermitted => "Making a device needs CAP_NET_ADMIN. As root: " + Command(name) + ", then attach to it.",
                    ErrorNumber.Busy => $"An interface {name} exists already: attach to it, or choose another name.",
                    _ => null,
                });
            }

            InterfaceRequest request = default;
            if (Libc.ioctl(descriptor, Libc.TunGetInterface, &request) < 0)
                throw LinuxException.Last($"TUNGETIFF {name}");
            name = request.ReadName();
            request = InterfaceRequest.For(name);
            if (Libc.ioctl(control, Libc.GetInterfaceIndex, &request) < 0)
                throw LinuxException.Last($"SIOCGIFINDEX {name}");
            index = request.Value;
            if (queueLength is { } length)
                SetQueueLength(control, name, length);
            request = InterfaceRequest.For(name);
            if (Libc.ioctl(control, Libc.GetInterfaceFlags, &request) < 0)
                throw LinuxException.Last($"SIOCGIFFLAGS {name}");
            request.Flags |= (short)LinkFlags.Up;
            if (Libc.ioctl(control, Libc.SetInterfaceFlags, &request) < 0)
                throw LinuxException.Last($"SIOCSIFFLAGS {name}");
            return descriptor;
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private static FileDescriptor Open()
    {
        var descriptor = new FileDescriptor(
            Libc.open(CloneDevice, Libc.OpenReadWrite | Libc.OpenNonBlocking | Libc.OpenCloseOnExec, 0));
        if (!descriptor.IsInvalid)
            return descriptor;
        var error = Marshal.GetLastPInvokeError();
        throw new LinuxException("open " + CloneDevice, error, error switch
        {
            ErrorNumber.NoEntry or ErrorNumber.NoDevice or ErrorNumber.NoSuchDeviceOrAddress =>
                "Load the driver with \"modprobe tun\"; give a container the device with \"--device /dev/net/tun\".",
            ErrorNumber.AccessDenied =>
                $"Let user {User} open it, for example \"chmod 666 {CloneDevice}\" as most distributions do: it gives no rights by itself.",
            ErrorNumber.NotPermitted => "A device cgroup refuses it: give the container the device with \"--device /dev/net/tun\".",
            _ => null,
        });
    }

    /// <summary>Puts the device in a known state, whatever the last owner left: short virtio-net headers, and nothing left to the reader.</summary>
    /// <returns>True when frames have virtio-net headers.</returns>
    internal static bool Prepare(FileDescriptor descriptor)
    {
        InterfaceRequest request = default;
        if (Libc.ioctl(descriptor, Libc.TunGetInterface, &request) < 0)
            throw LinuxException.Last("TUNGETIFF");
        var hasHeader = (request.Flags & TunFlags.VirtioHeader) != 0;
        var size = VirtioNetHeader.Length;
        if (hasHeader && Libc.ioctl(descriptor, Libc.TunSetHeaderSize, &size) < 0)
            throw LinuxException.Last("TUNSETVNETHDRSZ");
        _ = Libc.ioctl(descriptor, Libc.TunSetOffloads, (void*)TunOffloads.None);
        return hasHeader;
    }

    private static void SetQueueLength(FileDescriptor control, string name, int length)
    {
        var request = InterfaceRequest.For(name);
        request.Value = length;
        if (Libc.ioctl(control, Libc.SetTransmitQueueLength, &request) < 0)
            throw LinuxException.Last($"SIOCSIFTXQLEN {name}");
    }

    private static int Flags(FileDescriptor descriptor)
    {
        uint features = 0;
        var known = Libc.ioctl(descriptor, Libc.TunGetFeatures, &features) >= 0;
        return TunFlags.Tap | TunFlags.NoPacketInformation | (known ? (int)features & TunFlags.VirtioHeader : 0);
    }

    private static int SetInterface(FileDescriptor descriptor, string name, int flags)
    {
        var request = InterfaceRequest.For(name);
        request.Flags = (short)flags;
        return Libc.ioctl(descriptor, Libc.TunSetInterface, &request) < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    private static string? AttachRemedy(string name, int error, bool severalQueues) => error switch
    {
        ErrorNumber.NotPermitted => $"It belongs to another user. {HowToMake(name, severalQueues)}",
        ErrorNumber.Busy => "Another process is attached to it: stop that process, or make a device for each.",
        ErrorNumber.InvalidArgument => $"It is not a TAP device{(severalQueues ? " of several queues" : "")}. {HowToMake(name, severalQueues)}",
        _ => null,
    };

    private static string HowToMake(string name, bool severalQueues) => $"As root: {Command(name, severalQueues)}, then \"ip link set {name} up\".";

    private static string Command(string name, bool severalQueues = false) =>
        $"\"ip tuntap add dev {name} mode tap {(severalQueues ? "multi_queue " : "")}user {User}\"";

    private static string User => Libc.geteuid().ToString(CultureInfo.InvariantCulture);
}
