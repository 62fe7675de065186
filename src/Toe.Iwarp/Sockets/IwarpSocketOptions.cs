using Toe.Linux;

namespace Toe.Iwarp.Sockets;

/// <summary>What of an application's socket options an rsocket takes, and what it does not.</summary>
/// <param name="Options">For the library.</param>
/// <param name="Downgrades">What is not honoured.</param>
internal sealed record IwarpSocketOptions(RsocketOptions Options, IReadOnlyList<ToeReason> Downgrades)
{
    private static readonly TimeSpan KeepAliveIdle = TimeSpan.FromHours(2);     // Linux's default, net.ipv4.tcp_keepalive_time
    private static readonly ToeReason NoReset = ToeReasons.CapabilitySocketOption.With("rsockets have no reset: to a peer of librdmacm's an abort is the end of the stream");

    public static IwarpSocketOptions Of(ToeSocketOptions options)
    {
        var downgrades = new List<ToeReason> { NoReset };
        if (!options.NoDelay)
            downgrades.Add(ToeReasons.CapabilitySocketOption.With($"{nameof(options.NoDelay)}: rsockets never wait for more to send"));
        if (options.UserTimeout is not null)
            downgrades.Add(ToeReasons.CapabilitySocketOption.With($"{nameof(options.UserTimeout)}: the device counts its own retransmissions"));
        if (options.CongestionControl is not null)
            downgrades.Add(ToeReasons.CapabilityCongestionControl.With($"{options.CongestionControl}: the device has its own"));
        return new IwarpSocketOptions(
            new RsocketOptions
            {
                KeepAlive = options.KeepAlive ? KeepAliveIdle : null,
                ReceiveBuffer = options.ReceiveBuffer ?? RsocketOptions.Default.ReceiveBuffer,
                SendBuffer = options.SendBuffer ?? RsocketOptions.Default.SendBuffer,
                TypeOfService = options.TrafficClass,
                ReuseAddress = true,
            },
            downgrades);
    }
}
