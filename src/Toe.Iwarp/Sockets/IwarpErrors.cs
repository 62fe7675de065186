using System.Net.Sockets;
using Toe.Linux;

namespace Toe.Iwarp.Sockets;

/// <summary>What error numbers of rsockets mean. Source: Linux drivers/infiniband/core/cma.c; asm-generic/errno.h.</summary>
internal static class IwarpErrors
{
    private const int NoEntry = 2;              // ENOENT: no device has the route
    private const int NoMemory = 12;            // ENOMEM: registering buffers failed
    private const int NoDevice = 19;            // ENODEV
    private const int TooManyFiles = 24;        // EMFILE
    private const int Protocol = 71;            // EPROTO: the peer's answer is no rsocket's
    private const int NotSupported = 95;        // EOPNOTSUPP: the device is no iWARP
    private const int AddressInUse = 98;        // EADDRINUSE: also a plain TCP listener, since iWARP listens with TCP
    private const int AddressNotAvailable = 99; // EADDRNOTAVAIL
    private const int NetworkUnreachable = 101; // ENETUNREACH
    private const int ConnectionReset = 104;    // ECONNRESET: also a peer that is no rsocket
    private const int TimedOut = 110;           // ETIMEDOUT
    private const int ConnectionRefused = 111;  // ECONNREFUSED
    private const int HostUnreachable = 113;    // EHOSTUNREACH

    /// <summary>How a connect ended.</summary>
    /// <param name="error">The error number; not 0.</param>
    /// <param name="text">Its words.</param>
    public static ConnectResult OfConnect(int error, string text) => error switch
    {
        ConnectionRefused => ConnectResult.Answered(SocketError.ConnectionRefused),
        ConnectionReset => ConnectResult.Answered(SocketError.ConnectionReset),
        TimedOut => ConnectResult.Answered(SocketError.TimedOut),
        HostUnreachable => ConnectResult.Answered(SocketError.HostUnreachable),
        NetworkUnreachable => ConnectResult.Answered(SocketError.NetworkUnreachable),
        _ => ConnectResult.RefusedBecause(ReasonOf(error, text)),
    };

    /// <summary>How an established connection ended.</summary>
    public static (SocketError Error, ToeReason Reason) OfLoss(int error) => error switch
    {
        ConnectionReset or Protocol => (SocketError.ConnectionReset, ToeReason.None), // The peer's doing.
        NoDevice => (SocketError.ConnectionAborted, ToeReasons.HealthRemoved),
        TimedOut => (SocketError.TimedOut, ToeReason.None),
        _ => (SocketError.ConnectionAborted, ToeReasons.HealthFailed.With(new LinuxException("the device", error).Message)),
    };

    /// <summary>Why the library or the device refuses.</summary>
    public static ToeReason ReasonOf(int error, string text) => error switch
    {
        NoEntry or NoDevice => ToeReasons.HealthRemoved.With(text),
        NoMemory => ToeReasons.ResourceMemory.With($"{text}: ulimit -l limits what may be pinned"),
        TooManyFiles => ToeReasons.ResourceOther.With(text),
        AddressInUse => ToeReasons.RouteTupleInUse.With(text),
        AddressNotAvailable => ToeReasons.RouteLocalAddress.With(text),
        Protocol => ToeReasons.PeerNoRdma.With(text),
        NotSupported => ToeReasons.CapabilityModel.With(text),
        _ => ToeReasons.HealthFailed.With(text),
    };
}
