using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>
/// A TAP device: an Ethernet interface whose cable ends in this process. Frames are whole, without a frame check sequence.
/// It belongs to the network namespace of the thread that opens it.
/// </summary>
/// <remarks>
/// <para>With <see cref="TrySetOffloads"/> the kernel leaves checksums and the segmentation of TCP to the reader, and each frame is read and
/// written with a <see cref="VirtioNetHeader"/> that says what is left to do.</para>
/// <para>One thread reads, writes and waits; any thread may call <see cref="Wake"/> and read the properties. Source: linux/if_tun.h and
/// Documentation/networking/tuntap.rst.</para>
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed unsafe class TapDevice : IDisposable
{
    /// <summary>The bytes of an Ethernet header: two addresses and the type.</summary>
    public const int EthernetHeaderLength = 14;

    private readonly FileDescriptor _descriptor;
    private readonly FileDescriptor _control;
    private readonly Doorbell _doorbell;
    private readonly bool _hasHeader;
    private volatile bool _removed;
    private volatile bool _disposed;

    private TapDevice(FileDescriptor descriptor, FileDescriptor control, int index)
    {
        _hasHeader = TapOpener.Prepare(descriptor);
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

    /// <summary>
    /// Attaches to a device made beforehand with several queues (<c>multi_queue</c>), once for each of them. The kernel spreads what it sends over
    /// the queues that are attached, whosever they are; a flow goes to the queue that sent of it last.
    /// </summary>
    /// <param name="name">The interface's name, 1 to 15 bytes.</param>
    /// <param name="count">The number of queues, 1 to 256; with 1 the same as <see cref="Attach"/>.</param>
    /// <exception cref="ArgumentException">No interface can have this name, or so many queues.</exception>
    /// <exception cref="LinuxException">As <see cref="Attach"/>, and when the device was made with one queue.</exception>
    public static IReadOnlyList<TapDevice> AttachQueues(string name, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, TapOpener.MaximumQueues);
        var queues = new List<TapDevice>(count);
        try
        {
            while (queues.Count < count)
                queues.Add(Open(name, create: false, severalQueues: count > 1));
            return queues;
        }
        catch
        {
            foreach (var queue in queues)
                queue.Dispose();
            throw;
        }
    }

    /// <summary>Makes a device, sets it up and attaches to it. It goes when it is disposed. Needs CAP_NET_ADMIN.</summary>
    /// <param name="name">The interface's name, 1 to 15 bytes; it must not exist.</param>
    /// <exception cref="ArgumentException">No interface can have this name.</exception>
    /// <exception cref="LinuxException">The device exists already, or this process may not make one.</exception>
    public static TapDevice Create(string name) => Open(name, create: true);

    /// <summary>Makes a device as <see cref="Create"/> does, with the first free number behind a prefix as its name, that lets more wait than others do.</summary>
    /// <param name="prefix">The beginning of the name, 1 to 11 bytes.</param>
    /// <param name="queueLength">Frames that may wait to be read.</param>
    /// <exception cref="ArgumentException">No interface can have such a name.</exception>
    /// <exception cref="LinuxException">This process may not make one.</exception>
    public static TapDevice CreateNumbered(string prefix, int queueLength)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length > InterfaceRequest.NameSize - 5)
            throw new ArgumentException($"\"{prefix}\" leaves no room for a number: 1 to 11 bytes.", nameof(prefix));
        return Open(prefix, create: true, queueLength: queueLength);
    }

    /// <summary>
    /// Lets the kernel leave checksums and the segmentation of TCP to the reader, or not. Off when the device is opened. What waits to be
    /// read stays as it is. Frames written may leave both to the kernel as soon as this has returned true.
    /// </summary>
    /// <param name="enabled">True to let it.</param>
    /// <returns>False when the kernel refuses: frames are as without it.</returns>
    public bool TrySetOffloads(bool enabled)
    {
        try
        {
            return _hasHeader && Libc.ioctl(_descriptor, Libc.TunSetOffloads, (void*)(enabled ? TunOffloads.Tcp : TunOffloads.None)) >= 0;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Reads one frame without blocking.</summary>
    /// <param name="frame">Takes the frame; what does not fit is lost, so give it the MTU and the Ethernet header.</param>
    /// <param name="bytes">The bytes of the frame that were stored.</param>
    public TapStatus TryRead(Span<byte> frame, out int bytes) => TryRead(frame, default, out bytes);

    /// <summary>Reads one frame without blocking, its Ethernet header and its payload apart, without a copy.</summary>
    /// <param name="header">Takes the Ethernet header: <see cref="EthernetHeaderLength"/> bytes.</param>
    /// <param name="payload">Takes the rest; what does not fit is lost, so give it the MTU.</param>
    /// <param name="bytes">The bytes of the frame that were stored, the header's included.</param>
    public TapStatus TryRead(Span<byte> header, Span<byte> payload, out int bytes) =>
        TryRead(stackalloc byte[VirtioNetHeader.Length], header, payload, out bytes);

    /// <summary>The same, with what is left to do to the frame.</summary>
    /// <param name="offload">Takes the <see cref="VirtioNetHeader"/>: its length in bytes; all zero where the kernel gives none.</param>
    /// <param name="header">Takes the Ethernet header: <see cref="EthernetHeaderLength"/> bytes.</param>
    /// <param name="payload">Takes the rest; what does not fit is lost, so with offloads give it 65535 bytes.</param>
    /// <param name="bytes">The bytes of the frame that were stored, the Ethernet header's included.</param>
    /// <exception cref="ArgumentException"><paramref name="offload"/> is too short.</exception>
    public TapStatus TryRead(Span<byte> offload, Span<byte> header, Span<byte> payload, out int bytes)
    {
        if (offload.Length < VirtioNetHeader.Length)
            throw new ArgumentException($"The header has {VirtioNetHeader.Length} bytes.", nameof(offload));
        nint length;
        if (!_hasHeader)
            offload.Clear();
        try
        {
            fixed (byte* before = offload, first = header, second = payload)
            {
                var vectors = stackalloc IoVector[3];
                vectors[0] = new() { Base = before, Length = VirtioNetHeader.Length };
                vectors[1] = new() { Base = first, Length = (nuint)header.Length };
                vectors[2] = new() { Base = second, Length = (nuint)payload.Length };
                var skipped = _hasHeader ? 0 : 1;
                length = Libc.readv(_descriptor, vectors + skipped, 3 - skipped);
            }
        }
        catch (ObjectDisposedException)
        {
            length = Disposed();
        }

        if (_hasHeader && length >= VirtioNetHeader.Length)
            length -= VirtioNetHeader.Length;
        return Judge(length, out bytes);
    }

    /// <summary>Writes one frame without blocking; the kernel takes a copy.</summary>
    /// <param name="frame">The frame, header included.</param>
    public TapStatus TryWrite(ReadOnlySpan<byte> frame) => TryWrite(frame, default);

    /// <summary>Writes one frame without blocking, gathered from its header and its payload; the kernel takes a copy.</summary>
    /// <param name="header">The Ethernet header.</param>
    /// <param name="payload">The rest of the frame.</param>
    public TapStatus TryWrite(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        TryWrite(default, header, payload, default, default);

    /// <summary>Writes one frame without blocking, gathered from its pieces, with what is left to do to it; the kernel takes a copy.</summary>
    /// <param name="offload">What is left to do.</param>
    /// <param name="header">The Ethernet header.</param>
    /// <param name="first">What follows it.</param>
    /// <param name="second">What follows that, or nothing.</param>
    /// <param name="third">And the rest, or nothing.</param>
    /// <returns><see cref="TapStatus.Refused"/> when something is left to do and the kernel does not do it, among others.</returns>
    public TapStatus TryWrite(
        in VirtioNetHeader offload, ReadOnlySpan<byte> header, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        if (!_hasHeader && offload != default)
            return TapStatus.Refused;
        var before = stackalloc byte[VirtioNetHeader.Length];
        offload.Write(new Span<byte>(before, VirtioNetHeader.Length));
        nint length;
        try
        {
            fixed (byte* ethernet = header, one = first, two = second, three = third)
            {
                var vectors = stackalloc IoVector[5];
                vectors[0] = new() { Base = before, Length = VirtioNetHeader.Length };
                vectors[1] = new() { Base = ethernet, Length = (nuint)header.Length };
                vectors[2] = new() { Base = one, Length = (nuint)first.Length };
                vectors[3] = new() { Base = two, Length = (nuint)second.Length };
                vectors[4] = new() { Base = three, Length = (nuint)third.Length };
                var skipped = _hasHeader ? 0 : 1;
                length = Libc.writev(_descriptor, vectors + skipped, 5 - skipped);
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

    private static TapDevice Open(string name, bool create, bool severalQueues = false, int? queueLength = null)
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
            descriptor = create ? TapOpener.Create(control, name, queueLength, out var index) : TapOpener.Attach(control, name, severalQueues, out index);
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
