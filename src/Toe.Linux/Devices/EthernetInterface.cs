using System.Globalization;
using System.Net.NetworkInformation;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>An Ethernet interface of the network namespace in which it was opened. Any thread. Source: netdevice(7).</summary>
[SupportedOSPlatform("linux")]
public sealed unsafe class EthernetInterface : IDisposable
{
    private const ushort Ethernet = 1; // ARPHRD_ETHER, linux/if_arp.h

    private readonly FileDescriptor _control;

    private EthernetInterface(FileDescriptor control, int index)
    {
        _control = control;
        Index = index;
    }

    /// <summary>The interface's index; it stays when the interface is renamed.</summary>
    public int Index { get; }

    /// <summary>The MTU in bytes: the largest IP packet, without the Ethernet header.</summary>
    /// <exception cref="LinuxException">The interface is gone.</exception>
    public int Mtu => Query(Libc.GetInterfaceMtu).Value;

    /// <summary>The interface's hardware address.</summary>
    /// <exception cref="LinuxException">The interface is gone.</exception>
    public PhysicalAddress HardwareAddress
    {
        get
        {
            var request = Query(Libc.GetInterfaceHardwareAddress);
            return new PhysicalAddress(new ReadOnlySpan<byte>(request.HardwareAddress, 6).ToArray());
        }
    }

    /// <summary>True while the interface exists, the administrator has it up, and it has a carrier.</summary>
    public bool IsUp
    {
        get
        {
            const short upAndRunning = (short)(LinkFlags.Up | LinkFlags.Running);
            try
            {
                return (Query(Libc.GetInterfaceFlags).Flags & upAndRunning) == upAndRunning;
            }
            catch (LinuxException)
            {
                return false;
            }
        }
    }

    /// <summary>Opens an interface, in the calling thread's network namespace.</summary>
    /// <param name="name">Its name, 1 to 15 bytes.</param>
    /// <exception cref="ArgumentException">No interface can have this name.</exception>
    /// <exception cref="LinuxException">There is none of this name, or it does not carry Ethernet.</exception>
    public static EthernetInterface Open(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!InterfaceRequest.IsValidName(name))
            throw new ArgumentException($"\"{name}\" cannot be the name of an interface: 1 to 15 bytes without /, :, % and white space.", nameof(name));
        var control = new FileDescriptor(Libc.socket(Libc.FamilyInternet, Libc.SocketDatagram | Libc.SocketCloseOnExec, 0));
        if (control.IsInvalid)
            throw LinuxException.Last("socket AF_INET");
        try
        {
            var request = InterfaceRequest.For(name);
            if (Libc.ioctl(control, Libc.GetInterfaceIndex, &request) < 0)
                throw LinuxException.Last("interface " + name);
            var found = new EthernetInterface(control, request.Value);
            if (found.Query(Libc.GetInterfaceHardwareAddress).HardwareFamily != Ethernet)
                throw new LinuxException("interface " + name, ErrorNumber.InvalidArgument, "It does not carry Ethernet.");
            return found;
        }
        catch
        {
            control.Dispose();
            throw;
        }
    }

    /// <summary>Closes it.</summary>
    public void Dispose() => _control.Dispose();

    private InterfaceRequest Query(nuint request)
    {
        var answer = new InterfaceRequest { Value = Index };
        try
        {
            if (Libc.ioctl(_control, Libc.GetInterfaceName, &answer) >= 0 && Libc.ioctl(_control, request, &answer) >= 0)
                return answer;
        }
        catch (ObjectDisposedException)
        {
            throw new LinuxException("interface " + Index.ToString(CultureInfo.InvariantCulture), ErrorNumber.BadDescriptor);
        }

        throw LinuxException.Last("interface " + Index.ToString(CultureInfo.InvariantCulture));
    }
}
