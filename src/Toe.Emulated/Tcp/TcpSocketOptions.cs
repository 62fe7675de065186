namespace Toe.Emulated.Tcp;

/// <summary>How one connection, or all connections of one listener, behave. Read once, when the socket or listener is made. Times above 100 years count as so many.</summary>
public sealed class TcpSocketOptions
{
    /// <summary>The largest buffer either direction can have: what RFC 7323 can announce with a shift of 14.</summary>
    public const int MaximumBufferSize = 1 << 29;

    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(36500);

    /// <summary>What a send takes before the peer acknowledged it.</summary>
    /// <value>Bytes, 1 to <see cref="MaximumBufferSize"/>. Memory is taken as it fills. Default 4 MiB.</value>
    public int SendBufferSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>What the peer may send before the application has read it; its free part is the advertised window.</summary>
    /// <value>Bytes, 1 to <see cref="MaximumBufferSize"/>. Memory is taken as it fills. Default 4 MiB.</value>
    public int ReceiveBufferSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Begin with buffers of 64 KiB, and let them grow to their sizes with what the connection moves in a round trip.</summary>
    /// <value>Default true. False makes them as large as they may be from the beginning.</value>
    public bool BufferAutotuning { get; set; } = true;

    /// <summary>Switches Nagle's algorithm off (RFC 9293 MUST-17).</summary>
    /// <value>Default false.</value>
    public bool NoDelay { get; set; }

    /// <summary>Probe an idle connection (RFC 9293 MUST-24, MUST-25).</summary>
    /// <value>Default false.</value>
    public bool KeepAlive { get; set; }

    /// <summary>Silence before the first keep-alive probe (RFC 9293 MUST-28).</summary>
    /// <value>Default 2 hours.</value>
    public TimeSpan KeepAliveTime { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Time between keep-alive probes.</summary>
    /// <value>Default 75 s.</value>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(75);

    /// <summary>Unanswered keep-alive probes after which the connection is timed out (RFC 9293 MUST-29).</summary>
    /// <value>Default 9.</value>
    public int KeepAliveCount { get; set; } = 9;

    /// <summary>R2: how long sent data may stay unacknowledged before the connection is timed out (RFC 9293 MUST-20, MUST-21).</summary>
    /// <value>Default 5 minutes, the RFC's user time-out.</value>
    public TimeSpan UserTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>R2 for the SYN of an active open (RFC 9293 MUST-22, MUST-23).</summary>
    /// <value>Default 3 minutes.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>The TTL or hop limit of packets sent (RFC 9293 MUST-49).</summary>
    /// <value>1 to 255. Default 64.</value>
    public byte TimeToLive { get; set; } = 64;

    /// <summary>The IPv4 type of service or IPv6 traffic class octet of packets sent: Diffserv and ECN bits (RFC 9293 MUST-48).</summary>
    /// <value>Default 0. The two ECN bits are the engine's own (<see cref="ExplicitCongestionNotification"/>).</value>
    public byte TrafficClass { get; set; }

    /// <summary>A cap for the MSS, announced and sent.</summary>
    /// <value>Bytes; 0, the default, means what the MTU allows.</value>
    public int MaximumSegmentSize { get; set; }

    /// <summary>Offer and accept RFC 7323 timestamps.</summary>
    /// <value>Default true.</value>
    public bool Timestamps { get; set; } = true;

    /// <summary>Offer and accept RFC 7323 window scaling.</summary>
    /// <value>Default true.</value>
    public bool WindowScaling { get; set; } = true;

    /// <summary>Offer and accept selective acknowledgments (RFC 2018), and with them loss detection by time (RFC 8985).</summary>
    /// <value>Default true.</value>
    public bool SelectiveAcknowledgments { get; set; } = true;

    /// <summary>Accept explicit congestion notification when the peer asks for it (RFC 3168).</summary>
    /// <value>Default true.</value>
    public bool ExplicitCongestionNotification { get; set; } = true;

    /// <summary>Ask the peer for explicit congestion notification too; needs <see cref="ExplicitCongestionNotification"/>.</summary>
    /// <value>Default false, as Linux: there are paths that lose such SYNs, though a repeated SYN goes without.</value>
    public bool RequestExplicitCongestionNotification { get; set; }

    /// <summary>What decides how much may be in flight.</summary>
    /// <value>Default <see cref="TcpCongestionControl.Cubic"/>.</value>
    public TcpCongestionControl CongestionControl { get; set; }

    /// <summary>Whether the size of the packets that the path carries is found out by trying (RFC 4821) too. Upwards it needs <see cref="SelectiveAcknowledgments"/> at both ends.</summary>
    /// <value>Default <see cref="TcpPathMtuProbing.AfterBlackHole"/>.</value>
    public TcpPathMtuProbing PathMtuProbing { get; set; }

    /// <summary>For listeners: answer a SYN that <see cref="ITcpListenerEvents.Admit"/> refused with RST.</summary>
    /// <value>Default false: silence, so that another stack may answer.</value>
    public bool ResetWhenNotAdmitted { get; set; }

    internal bool HasSameValues(TcpSocketOptions other) =>
        SendBufferSize == other.SendBufferSize && ReceiveBufferSize == other.ReceiveBufferSize && BufferAutotuning == other.BufferAutotuning
        && NoDelay == other.NoDelay
        && KeepAlive == other.KeepAlive && KeepAliveTime == other.KeepAliveTime && KeepAliveInterval == other.KeepAliveInterval
        && KeepAliveCount == other.KeepAliveCount && UserTimeout == other.UserTimeout && ConnectTimeout == other.ConnectTimeout
        && TimeToLive == other.TimeToLive && TrafficClass == other.TrafficClass && MaximumSegmentSize == other.MaximumSegmentSize
        && Timestamps == other.Timestamps && WindowScaling == other.WindowScaling && SelectiveAcknowledgments == other.SelectiveAcknowledgments
        && ExplicitCongestionNotification == other.ExplicitCongestionNotification
        && RequestExplicitCongestionNotification == other.RequestExplicitCongestionNotification
        && CongestionControl == other.CongestionControl && PathMtuProbing == other.PathMtuProbing && ResetWhenNotAdmitted == other.ResetWhenNotAdmitted;

    internal static TcpSocketOptions Validated(TcpSocketOptions options)
    {
        Require(options.SendBufferSize >= 1, nameof(SendBufferSize));
        Require(options.SendBufferSize <= MaximumBufferSize, nameof(SendBufferSize));
        Require(options.ReceiveBufferSize >= 1, nameof(ReceiveBufferSize));
        Require(options.ReceiveBufferSize <= MaximumBufferSize, nameof(ReceiveBufferSize));
        Require(options.KeepAliveTime > TimeSpan.Zero, nameof(KeepAliveTime));
        Require(options.KeepAliveInterval > TimeSpan.Zero, nameof(KeepAliveInterval));
        Require(options.KeepAliveCount >= 1, nameof(KeepAliveCount));
        Require(options.UserTimeout > TimeSpan.Zero, nameof(UserTimeout));
        Require(options.ConnectTimeout > TimeSpan.Zero, nameof(ConnectTimeout));
        Require(options.TimeToLive != 0, nameof(TimeToLive));
        Require(options.MaximumSegmentSize >= 0, nameof(MaximumSegmentSize));
        Require(options.CongestionControl is TcpCongestionControl.Cubic or TcpCongestionControl.Reno, nameof(CongestionControl));
        Require(Enum.IsDefined(options.PathMtuProbing), nameof(PathMtuProbing));
        var copy = (TcpSocketOptions)options.MemberwiseClone();
        copy.KeepAliveTime = Limited(copy.KeepAliveTime);
        copy.KeepAliveInterval = Limited(copy.KeepAliveInterval);
        copy.UserTimeout = Limited(copy.UserTimeout);
        copy.ConnectTimeout = Limited(copy.ConnectTimeout);
        return copy;
    }

    /// <summary>"For ever" must not wrap around when it is added to the time.</summary>
    internal static TimeSpan Limited(TimeSpan time) => time < LongestTime ? time : LongestTime;

    private static void Require(bool inRange, string option)
    {
        if (!inRange) throw new ArgumentException($"{option} is out of its range.", nameof(option));
    }
}
