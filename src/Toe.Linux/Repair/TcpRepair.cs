using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>Takes an established TCP connection out of the kernel and puts one into it, without a word to the peer (TCP_REPAIR, linux/tcp.h). Needs CAP_NET_ADMIN.</summary>
/// <remarks>
/// The kernel does not tell TS.Recent, what arrived out of order, and ECN; it takes no congestion window, no round-trip time and no ECN. Movable are ESTABLISHED,
/// FIN-WAIT-1, FIN-WAIT-2, CLOSE-WAIT, CLOSING and LAST-ACK.
/// </remarks>
[SupportedOSPlatform("linux")]
public static class TcpRepair
{
    private static readonly Lazy<ToeReason> FirstAnswer = new(Probe);

    /// <summary>Why this process moves no connections, asked once; <see cref="ToeReason.None"/> when it does.</summary>
    public static ToeReason Refusal => FirstAnswer.Value;

    /// <summary>Stops a connection and reads its state. The socket must have no data call under way, and gets none until the connection runs again.</summary>
    /// <param name="socket">The connected socket.</param>
    /// <param name="frozen">The frozen connection, which then has the socket; null when refused.</param>
    /// <returns><see cref="ToeReason.None"/>, or why not: the connection then runs on.</returns>
    public static ToeReason TryFreeze(Socket socket, out FrozenTcpSocket? frozen)
    {
        ArgumentNullException.ThrowIfNull(socket);
        frozen = null;
        if (!Refusal.IsNone)
            return Refusal;
        try
        {
            var refusal = RepairCheck.Check(new RepairSocket(socket.SafeHandle).ReadInfo().State);
            if (!refusal.IsNone)
                return refusal;
            frozen = FrozenTcpSocket.Freeze(socket);
            return ToeReason.None;
        }
        catch (LinuxException failure)
        {
            return ReasonFor(failure);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            return ToeReasons.CapabilityMove.With($"the connection is over: {exception.Message}");
        }
    }

    /// <summary>Makes a kernel connection of a state, which says nothing before it is activated.</summary>
    /// <param name="state">The state. In CLOSE-WAIT, CLOSING and LAST-ACK the kernel waits for the peer's FIN once more: whoever gives the connection up hands it on.</param>
    /// <param name="imported">The connection; null when refused.</param>
    /// <returns><see cref="ToeReason.None"/>, or why not.</returns>
    public static ToeReason TryImport(TcpConnectionState state, out ImportedTcpSocket? imported)
    {
        ArgumentNullException.ThrowIfNull(state);
        imported = null;
        if (!Refusal.IsNone)
            return Refusal;
        if (RepairCheck.Check(state) is { IsNone: false } fault)
            return fault;
        try
        {
            imported = RepairRestore.Make(state);
            return ToeReason.None;
        }
        catch (LinuxException failure)
        {
            return ReasonFor(failure);
        }
    }

    /// <summary>Asks the kernel, in the calling thread's network namespace.</summary>
    internal static ToeReason Probe()
    {
        using var handle = new SafeSocketHandle(Libc.socket(Libc.FamilyInternet, RepairCalls.SocketStream | Libc.SocketCloseOnExec, 0), ownsHandle: true);
        if (handle.IsInvalid)
            return ReasonFor(LinuxException.Last("socket"));
        var error = new RepairSocket(handle).TrySet(SocketOption.Repair, RepairMode.On);
        return error == 0 ? ToeReason.None : ReasonFor(new LinuxException(SocketOption.Repair.Name, error));
    }

    private static ToeReason ReasonFor(LinuxException failure) => failure.ErrorNumber switch
    {
        ErrorNumber.NotPermitted => ToeReasons.EnvironmentPrivilege.With($"{failure.Operation} needs CAP_NET_ADMIN: moving connections from and to the kernel"),
        ErrorNumber.NoProtocolOption => ToeReasons.EnvironmentOperatingSystem.With($"this kernel has no {failure.Operation}"),
        ErrorNumber.AddressInUse => ToeReasons.RouteTupleInUse.With(failure.Message),
        ErrorNumber.AddressNotAvailable when failure.Operation == "bind" => ToeReasons.RouteLocalAddress.With(failure.Message),
        ErrorNumber.AddressNotAvailable => ToeReasons.RouteTupleInUse.With(failure.Message),
        ErrorNumber.NetworkUnreachable or ErrorNumber.HostUnreachable => ToeReasons.RouteNone.With(failure.Message),
        ErrorNumber.NoMemory or ErrorNumber.NoBufferSpace => ToeReasons.ResourceMemory.With(failure.Message),
        _ => ToeReasons.CapabilityMove.With(failure.Message),
    };
}
