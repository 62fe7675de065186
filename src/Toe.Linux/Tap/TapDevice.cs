using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>
/// A TAP device: an Ethernet interface whose cable ends in this process. Frames are whole, without a frame check sequence and without
/// virtio-net headers. It belongs to the network namespace of the thread that opens it.
/// </summary>
/// <remarks>
/// One thread reads, writes and waits; any thread may call <see cref="Wake"/> and read the properties. Source: linux/if_tun.h and
/// Documentation/networking/tuntap.rst.
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed unsafe class TapDevice : IDisposable
{
    /// <summary>The bytes of an Ethernet header: two addresses and the type.</summary>
    public const int EthernetHeaderLength = 14;

    private readonly FileDescriptor _descriptor;
    private readonly FileDescriptor _control;
    private readonly Doorbell _doorbell;
    private volatile bool _removed;
    private volatile bool _disposed;

    private TapDevice(FileDescriptor descriptor, FileDescriptor control, int index)
    {
        _descriptor = descriptor;
        _control = control;
        _doorbell = new Doorbell();
        InterfaceIndex = index;
    }

    /// <summary>The index of the interface; it stays when the interface is renamed.</summary>
    public int InterfaceIndex { get; }

    /// <summary>The interface's present name.</summary>
    /// <exception cref="LinuxException">The interface is gone.</exception>
    public string Name => Query(Libc.TunGetInterface, onDevice: true).ReadName();

    /// <summary>The MTU in bytes: the largest IP packet the interface carries, without the Ethernet header.</summary>
    /// <exception cref="LinuxException">The interface is gone.</exception>
    public int Mtu => Query(Libc.GetInterfaceMtu).Value;

    /// <summary>The hardware address of the kernel's end. This process's end must use another.</summary>
    /// <exception cref="LinuxException">The interface is gone.</exception>
    public PhysicalAddress HardwareAddress
    {
        get
        {
            var request = Query(Libc.GetInterfaceHardwareAddress);
            return new PhysicalAddress(new ReadOnlySpan<byte>(request.HardwareAddress, 6).ToArray());
        }
    }

    /// <summary>True while the interface exists and the administrator has it up.</summary>
    public bool IsUp
    {
        get
        {
            if (_removed || _disposed)
                return false;
            try
            {
                return (Query(Libc.GetInterfaceFlags).Flags & (short)LinkFlags.Up) != 0;
            }
            catch (LinuxException)
            {
                return false;
            }
        }
    }

    /// <summary>True after the interface was found to be gone. Nothing brings this device back.</summary>
    public bool IsRemoved => _removed;

    /// <summary>Attaches to a device made beforehand, which needs no capability when it belongs to this user.</summary>
    /// <param name="name">The interface's name, 1 to 15 bytes.</param>
    /// <exception cref="ArgumentException">No interface can have this name.</exception>
    /// <exception cref="LinuxException">
    /// The device does not exist (no device is ever made here), belongs to another user, is in use, or /dev/net/tun cannot be opened; the
    /// remedy says what to do.
    /// </exception>
    public static TapDevice Attach(string name) => Open(name, create: false);

    /// <summary>Makes a device, sets it up and attaches to it. It goes when it is disposed. Needs CAP_NET_ADMIN.</summary>
    /// <param name="name">The interface's name, 1 to 15 bytes; it must not exist.</param>
    /// <exception cref="ArgumentException">No interface can have this name.</exception>
    /// <exception cref="LinuxException">The device exists already, or this process may not make one.</exception>
    public static TapDevice Create(string name) => Open(name, create: true);

    /// <summary>Reads one frame without blocking.</summary>
    /// <param name="frame">Takes the frame; what does not fit is lost, so give it the MTU and the Ethernet header.</param>
    /// <param name="bytes">The bytes of the frame that were stored.</param>
    public TapStatus TryRead(Span<byte> frame, out int bytes)
    {
        nint length;
        try
        {
            fixed (byte* start = frame)
                length = Libc.read(_descriptor, start, (nuint)frame.Length);
        }
        catch (ObjectDisposedException)
        {
            length = Disposed();
        }

        return Judge(length, out bytes);
    }

    /// <summary>Reads one frame without blocking, its Ethernet header and its payload apart, without a copy.</summary>
    /// <param name="header">Takes the Ethernet header: <see cref="EthernetHeaderLength"/> bytes.</param>
    /// <param name="payload">Takes the rest; what does not fit is lost, so give it the MTU.</param>
    /// <param name="bytes">The bytes of the frame that were stored, the header's included.</param>
    public TapStatus TryRead(Span<byte> header, Span<byte> payload, out int bytes)
    {
        nint length;
        try
        {
            fixed (byte* first = header, second = payload)
            {
                var vectors = stackalloc IoVector[2];
                vectors[0] = new() { Base = first, Length = (nuint)header.Length };
                vectors[1] = new() { Base = second, Length = (nuint)payload.Length };
                length = Libc.readv(_descriptor, vectors, 2);
            }
        }
        catch (ObjectDisposedException)
        {
            length = Disposed();
        }

        return Judge(length, out bytes);
    }

    /// <summary>Writes one frame without blocking; the kernel takes a copy.</summary>
    /// <param name="frame">The frame, header included.</param>
    public TapStatus TryWrite(ReadOnlySpan<byte> frame)
    {
        nint length;
        try
        {
            fixed (byte* start = frame)
                length = Libc.write(_descriptor, start, (nuint)frame.Length);
        }
        catch (ObjectDisposedException)
        {
            length = Disposed();
        }

        return Judge(length, out _);
    }

    /// <summary>Writes one frame without blocking, gathered from its header and its payload; the kernel takes a copy.</summary>
    /// <param name="header">The Ethernet header.</param>
    /// <param name="payload">The rest of the frame.</param>
    public TapStatus TryWrite(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        nint length;
        try
        {
            fixed (byte* first = header, second = payload)
            {
                var vectors = stackalloc IoVector[2];
                vectors[0] = new() { Base = first, Length = (nuint)header.Length };
                vectors[1] = new() { Base = second, Length = (nuint)payload.Length };
                length = Libc.writev(_descriptor, vectors, 2);
            }
        }
        catch (ObjectDisposedException)
        {
            length = Disposed();
        }

        return Judge(length, out _);
    }

    /// <summary>
    /// Blocks until a frame can be read, <see cref="Wake"/> was called since the last wait, or the time is over. It may return early
    /// with nothing to do. When the interface is gone it waits for <see cref="Wake"/> and the time alone.
    /// </summary>
    /// <param name="timeout">The longest wait; zero only looks, <see cref="Timeout.InfiniteTimeSpan"/> has no limit.</param>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    /// <exception cref="LinuxException">poll failed.</exception>
    public void Wait(TimeSpan timeout)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var events = Poll.Wait(_removed ? null : _descriptor, _doorbell, timeout);
        // The driver reports an error only for a device that is being, or was, removed (drivers/net/tun.c, tun_chr_poll).
        if ((events & (PollDescriptor.Error | PollDescriptor.HangUp | PollDescriptor.Invalid)) != 0)
            _removed = true;
    }

    /// <summary>Ends the present or the next <see cref="Wait"/>. Safe from any thread, also after disposal.</summary>
    public void Wake() => _doorbell.Ring();

    /// <summary>
    /// Closes the device; one made by <see cref="Create"/> goes. Not to be called while another thread waits: wake it first.
    /// </summary>
    public void Dispose()
    {
        _disposed = true;
        _descriptor.Dispose();
        _control.Dispose();
        _doorbell.Dispose();
    }

    private static TapDevice Open(string name, bool create)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!InterfaceRequest.IsValidName(name))
            throw new ArgumentException($"\"{name}\" cannot be the name of an interface: 1 to 15 bytes without /, :, % and white space.",
                nameof(name));
        // Interface ioctls go through any socket; it pins the network namespace for later.
        var control = new FileDescriptor(Libc.socket(Libc.FamilyInternet, Libc.SocketDatagram | Libc.SocketCloseOnExec, 0));
        if (control.IsInvalid)
            throw LinuxException.Last("socket AF_INET");
        FileDescriptor? descriptor = null;
        try
        {
            descriptor = create ? TapOpener.Create(control, name, out var index) : TapOpener.Attach(control, name, out index);
            return new TapDevice(descriptor, control, index);
        }
        catch
        {
            descriptor?.Dispose();
            control.Dispose();
            throw;
        }
    }

    private InterfaceRequest Query(nuint request, bool onDevice = false)
    {
        InterfaceRequest interfaceRequest = default;
        var result = Libc.ioctl(_descriptor, Libc.TunGetInterface, &interfaceRequest);
        if (result >= 0 && !onDevice)
            result = Libc.ioctl(_control, request, &interfaceRequest);
        if (result >= 0)
            return interfaceRequest;
        var failure = LinuxException.Last("TAP device " + InterfaceIndex.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (failure.ErrorNumber is ErrorNumber.BadDescriptorState or ErrorNumber.NoDevice)
            _removed = true;
        throw failure;
    }

    private static nint Disposed()
    {
        Marshal.SetLastPInvokeError(ErrorNumber.BadDescriptorState);
        return -1;
    }

    private TapStatus Judge(nint result, out int bytes)
    {
        bytes = 0;
        if (result >= 0)
        {
            bytes = (int)result;
            return TapStatus.Done;
        }

        switch (Marshal.GetLastPInvokeError())
        {
            case ErrorNumber.TryAgain or ErrorNumber.NoBufferSpace or ErrorNumber.Interrupted:
                return TapStatus.WouldBlock;
            case ErrorNumber.InputOutput or ErrorNumber.NetworkDown:
                return TapStatus.Down;
            case ErrorNumber.BadDescriptorState or ErrorNumber.BadDescriptor or ErrorNumber.NoDevice:
                _removed = true;
                return TapStatus.Removed;
            default:
                return TapStatus.Refused;
        }
    }
}
