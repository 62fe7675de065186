using System.Net;
using System.Net.Sockets;
using System.Text;
using Toe.Adapters;

namespace Toe.Connecting;

/// <summary>Makes host sockets with the options asked for, and keeps the kernel from offloading them where an adapter's module could.</summary>
internal static class HostSockets
{
    private const int IpProtocolTcp = 6; // IPPROTO_TCP, linux/in.h
    private const int IpProtocolIPv6 = 41; // IPPROTO_IPV6, linux/in6.h
    private const int TcpUserTimeout = 18; // TCP_USER_TIMEOUT, linux/tcp.h
    private const int TcpCongestion = 13; // TCP_CONGESTION, linux/tcp.h
    private const int IPv6TrafficClass = 67; // IPV6_TCLASS, linux/in6.h

    /// <summary>A socket, neither bound nor connected.</summary>
    public static Socket Create(AddressFamily family, ToeSocketOptions options, List<ToeReason> downgrades)
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Apply(socket, options, downgrades);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Asks every adapter whose kernel module could take the socket to leave it.</summary>
    /// <returns><see cref="ToeReason.None"/> when the host is sure to carry it.</returns>
    public static ToeReason KeepOff(Socket socket, IEnumerable<SupervisedAdapter> adapters)
    {
        foreach (var adapter in adapters)
        {
            if (adapter.View.Status.Capabilities.Model != OffloadModel.KernelManaged || SupervisedAdapter.IsGone(adapter.View.Status.Health))
                continue;
            var reason = KeepOff(socket, adapter);
            if (!reason.IsNone)
                return ToeReasons.EnvironmentUncontrolled.With(reason.Is(ToeReasons.EnvironmentUncontrolled) ? adapter.Identity.Id : $"{adapter.Identity.Id}: {reason}");
        }

        return ToeReason.None;
    }

    /// <summary>What an established socket, which nobody can mark any more, may have become.</summary>
    /// <returns><see cref="ToeReason.None"/> when no adapter's kernel module could have taken it.</returns>
    public static ToeReason Uncontrolled(IEnumerable<SupervisedAdapter> adapters) => FirstManaged(adapters, static _ => true);

    /// <summary>Whether some adapter's kernel module takes sockets and cannot be told to leave one.</summary>
    public static ToeReason Uncontrollable(IEnumerable<SupervisedAdapter> adapters) =>
        FirstManaged(adapters, static adapter => !adapter.View.Status.Capabilities.CanKeepOff);

    /// <summary>Sets what .NET and the host have; reports the rest.</summary>
    public static void Apply(Socket socket, ToeSocketOptions options, List<ToeReason> downgrades)
    {
        socket.NoDelay = options.NoDelay;
        if (options.KeepAlive)
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
        if (options.ReceiveBuffer is { } receive)
            SetBuffer(() => socket.ReceiveBufferSize = receive, () => socket.ReceiveBufferSize, receive, nameof(options.ReceiveBuffer), downgrades);
        if (options.SendBuffer is { } send)
            SetBuffer(() => socket.SendBufferSize = send, () => socket.SendBufferSize, send, nameof(options.SendBuffer), downgrades);
        if (options.TrafficClass is { } trafficClass)
            SetTrafficClass(socket, trafficClass, downgrades);
        if (options.UserTimeout is { } timeout)
            SetOnLinux(socket, TcpUserTimeout, BitConverter.GetBytes((uint)Math.Min(timeout.TotalMilliseconds, int.MaxValue)),
                ToeReasons.CapabilitySocketOption.With(nameof(options.UserTimeout)), downgrades);
        if (options.CongestionControl is { } algorithm)
            SetOnLinux(socket, TcpCongestion, Encoding.ASCII.GetBytes(algorithm), ToeReasons.CapabilityCongestionControl.With(algorithm), downgrades);
    }

    /// <summary>Binds as asked, and connects.</summary>
    public static async ValueTask ConnectAsync(Socket socket, IPEndPoint? local, IPEndPoint remote, CancellationToken cancellationToken)
    {
        if (local is not null)
            socket.Bind(local);
        await socket.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
    }

    private static ToeReason FirstManaged(IEnumerable<SupervisedAdapter> adapters, Func<SupervisedAdapter, bool> predicate)
    {
        foreach (var adapter in adapters)
        {
            var status = adapter.View.Status;
            if (status.Capabilities.Model == OffloadModel.KernelManaged && !SupervisedAdapter.IsGone(status.Health) && predicate(adapter))
                return ToeReasons.EnvironmentUncontrolled.With(adapter.Identity.Id);
        }

        return ToeReason.None;
    }

    private static ToeReason KeepOff(Socket socket, SupervisedAdapter adapter)
    {
        if (!adapter.View.Status.Capabilities.CanKeepOff)
            return ToeReasons.EnvironmentUncontrolled;
        try
        {
            return adapter.Adapter is ISteersHostSockets steering ? steering.KeepOff(socket) : ToeReason.None;
        }
        catch (Exception exception)
        {
            var fault = AdapterFaultException.From(exception);
            adapter.ReportFault(fault);
            return fault.Reason;
        }
    }

    private static void SetBuffer(Action set, Func<int> get, int wanted, string name, List<ToeReason> downgrades)
    {
        try
        {
            set();
            if (get() < wanted) // Linux doubles what is asked for and cuts at its limit (socket(7)).
                downgrades.Add(ToeReasons.CapabilityBufferSize.With($"{name}: {get()} instead of {wanted} bytes"));
        }
        catch (SocketException exception)
        {
            downgrades.Add(ToeReasons.CapabilityBufferSize.With($"{name}: {exception.Message}"));
        }
    }

    private static void SetTrafficClass(Socket socket, byte trafficClass, List<ToeReason> downgrades)
    {
        var refusal = ToeReasons.CapabilitySocketOption.With(nameof(ToeSocketOptions.TrafficClass));
        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
        {
            SetOnLinux(socket, IPv6TrafficClass, BitConverter.GetBytes((int)trafficClass), refusal, downgrades, IpProtocolIPv6);
            return;
        }

        try
        {
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService, trafficClass);
        }
        catch (SocketException)
        {
            downgrades.Add(refusal);
        }
    }

    private static void SetOnLinux(
        Socket socket, int option, ReadOnlySpan<byte> value, ToeReason refusal, List<ToeReason> downgrades, int level = IpProtocolTcp)
    {
        if (!OperatingSystem.IsLinux())
        {
            downgrades.Add(refusal);
            return;
        }

        try
        {
            socket.SetRawSocketOption(level, option, value);
        }
        catch (SocketException)
        {
            downgrades.Add(refusal);
        }
    }
}
