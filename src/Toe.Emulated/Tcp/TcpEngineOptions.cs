namespace Toe.Emulated.Tcp;

/// <summary>How a <see cref="TcpEngine"/> behaves. Read once, when the engine is made. Times above 100 years count as so many.</summary>
public sealed class TcpEngineOptions
{
    /// <summary>
    /// The key of initial sequence numbers, timestamp offsets, ephemeral ports and hashing (RFC 6528, RFC 6056).
    /// </summary>
    /// <value>16 bytes. Empty, the default, draws them at random. Fix it only to make a test repeatable.</value>
    public ReadOnlyMemory<byte> Secret { get; set; }

    /// <summary>The largest IP packet sent, header included; the advertised MSS follows from it (RFC 9293 MUST-67, SHLD-6).</summary>
    /// <value>Bytes, 576 to 65535. Default 1500. IPv6 uses at least 1280.</value>
    public int MaximumTransmissionUnit { get; set; } = 1500;

    /// <summary>
    /// The largest IP packet handed to the host, header included, where the host or its device cuts packets into segments (TCP segmentation
    /// offload). Needs <see cref="ChecksumOffload"/>, since what is cut gets new checksums.
    /// </summary>
    /// <value>Bytes, from <see cref="MaximumTransmissionUnit"/> to 65535. Default 0: the host gets single segments.</value>
    public int SegmentationLimit { get; set; }

    /// <summary>Leave TCP checksums to the host or its device: see <see cref="OutgoingPacket.ChecksumIsPartial"/>.</summary>
    /// <value>Default false.</value>
    public bool ChecksumOffload { get; set; }

    /// <summary>MSL; TIME-WAIT lasts twice as long (RFC 9293 MUST-13).</summary>
    /// <value>Default 30 s: TIME-WAIT is 60 s, as Linux. RFC 9293 §3.4.2 says two minutes.</value>
    public TimeSpan MaximumSegmentLifetime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The retransmission time-out before the first round-trip sample (RFC 6298 2.1).</summary>
    /// <value>Default 1 s.</value>
    public TimeSpan InitialRetransmissionTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The floor of the retransmission time-out.</summary>
    /// <value>Default 200 ms, Linux's TCP_RTO_MIN. RFC 6298 2.4 says 1 s because of coarse clocks and long delayed ACKs; peers of today
    /// delay 40 ms, and a second of silence for each lost tail is what users notice. Set 1 s for the letter of the RFC.</value>
    public TimeSpan MinimumRetransmissionTimeout { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The cap of the retransmission time-out and of the interval between zero-window probes.</summary>
    /// <value>Default 60 s, the smallest RFC 6298 2.5 allows.</value>
    public TimeSpan MaximumRetransmissionTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>R2 for SYN-ACKs: a half-open connection is forgotten after this long (RFC 9293 MUST-23).</summary>
    /// <value>Default 3 minutes.</value>
    public TimeSpan HalfOpenTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How long an acknowledgement may wait for a second segment or for data to ride on (RFC 9293 MUST-40, SHLD-18).</summary>
    /// <value>Zero to less than 500 ms. Default 40 ms. Zero acknowledges each segment at once.</value>
    public TimeSpan DelayedAcknowledgement { get; set; } = TimeSpan.FromMilliseconds(40);

    /// <summary>How long FIN-WAIT-2 lasts after <see cref="TcpSocket.Close"/>, when nobody can read any more.</summary>
    /// <value>Default 60 s. Does not apply to half-closed connections whose application still reads.</value>
    public TimeSpan FinWait2Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The initial congestion window (RFC 6928).</summary>
    /// <value>Full-sized segments, default 10; bounded by max(2·MSS, 14600) bytes as the RFC has it.</value>
    public int InitialWindowSegments { get; set; } = 10;

    /// <summary>The memory that all connections of the engine may keep bytes in at once, sent and received. At the limit sends wait, and what arrives
    /// is dropped and comes again.</summary>
    /// <value>Bytes; connections take 64 KiB at a time. One that has had nothing to keep for a second gives its memory back in the next
    /// <see cref="TcpEngine.Advance"/>. Default 4 GiB.</value>
    public long MaximumBufferMemory { get; set; } = 4L << 30;

    /// <summary>Connections in SYN-RECEIVED over all listeners; further SYNs are answered with cookies, or dropped silently without <see cref="SynCookies"/>.</summary>
    /// <value>Default 4096.</value>
    public int MaximumHalfOpen { get; set; } = 4096;

    /// <summary>Answer SYNs that find a backlog full without remembering them (RFC 4987). Such a handshake keeps the peer's options only where both
    /// use timestamps, and its listener is asked at the end.</summary>
    /// <value>Default true. False drops those SYNs.</value>
    public bool SynCookies { get; set; } = true;

    /// <summary>Entries in TIME-WAIT; at the limit the oldest one makes room.</summary>
    /// <value>Default 32768.</value>
    public int MaximumTimeWait { get; set; } = 32768;

    /// <summary>Challenge ACKs a connection sends in any five seconds (RFC 5961 §7; per connection because of CVE-2016-5696).</summary>
    /// <value>Default 10.</value>
    public int ChallengeAcksPerFiveSeconds { get; set; } = 10;

    /// <summary>Answer segments that belong to no connection and no listener with RST (RFC 9293 §3.10.7.1).</summary>
    /// <value>Default true. False where another stack owns the rest of the address: they go to <see cref="ITcpEngineHost.Decline"/>, as do those to a
    /// listener that do not begin a connection, and SYNs that are not admitted.</value>
    public bool ResetUnknownSegments { get; set; } = true;

    /// <summary>
    /// End a connect at the first ICMP unreachable of the soft kind (codes 0, 1, 5; RFC 5461), as Linux does, instead of remembering it
    /// for the time-out (RFC 9293 MUST-56).
    /// </summary>
    /// <value>Default false.</value>
    public bool AbortConnectOnSoftErrors { get; set; }

    /// <summary>The first port the engine picks from when a local port is 0.</summary>
    /// <value>Default 49152 (RFC 6335).</value>
    public int FirstEphemeralPort { get; set; } = 49152;

    /// <summary>The last port the engine picks from when a local port is 0.</summary>
    /// <value>Default 65535.</value>
    public int LastEphemeralPort { get; set; } = 65535;

    /// <summary>The flows the engine is one of several for; null when it has all of them. Local ports are picked so that the flow is its own.</summary>
    internal FlowShard? Shard { get; set; }

    internal TcpEngineOptions Copy()
    {
        var copy = (TcpEngineOptions)MemberwiseClone();
        copy.MaximumSegmentLifetime = TcpSocketOptions.Limited(copy.MaximumSegmentLifetime);
        copy.InitialRetransmissionTimeout = TcpSocketOptions.Limited(copy.InitialRetransmissionTimeout);
        copy.MinimumRetransmissionTimeout = TcpSocketOptions.Limited(copy.MinimumRetransmissionTimeout);
        copy.MaximumRetransmissionTimeout = TcpSocketOptions.Limited(copy.MaximumRetransmissionTimeout);
        copy.HalfOpenTimeout = TcpSocketOptions.Limited(copy.HalfOpenTimeout);
        copy.FinWait2Timeout = TcpSocketOptions.Limited(copy.FinWait2Timeout);
        return copy;
    }

    internal static void Validate(TcpEngineOptions options)
    {
        Require(options.Secret.Length is 0 or 16, nameof(Secret));
        Require(options.MaximumTransmissionUnit >= 576, nameof(MaximumTransmissionUnit));
        Require(options.MaximumTransmissionUnit <= 65535, nameof(MaximumTransmissionUnit));
        Require(options.SegmentationLimit == 0 || options.SegmentationLimit >= options.MaximumTransmissionUnit, nameof(SegmentationLimit));
        Require(options.SegmentationLimit <= 65535, nameof(SegmentationLimit));
        Require(options.SegmentationLimit == 0 || options.ChecksumOffload, nameof(ChecksumOffload));
        Require(options.MaximumSegmentLifetime > TimeSpan.Zero, nameof(MaximumSegmentLifetime));
        Require(options.MinimumRetransmissionTimeout > TimeSpan.Zero, nameof(MinimumRetransmissionTimeout));
        Require(options.InitialRetransmissionTimeout >= options.MinimumRetransmissionTimeout, nameof(InitialRetransmissionTimeout));
        Require(options.MaximumRetransmissionTimeout >= options.InitialRetransmissionTimeout, nameof(MaximumRetransmissionTimeout));
        Require(options.HalfOpenTimeout > TimeSpan.Zero, nameof(HalfOpenTimeout));
        Require(options.DelayedAcknowledgement >= TimeSpan.Zero, nameof(DelayedAcknowledgement));
        Require(options.DelayedAcknowledgement < TimeSpan.FromMilliseconds(500), nameof(DelayedAcknowledgement));
        Require(options.FinWait2Timeout > TimeSpan.Zero, nameof(FinWait2Timeout));
        Require(options.InitialWindowSegments >= 1, nameof(InitialWindowSegments));
        Require(options.MaximumBufferMemory >= 2 * SlabPool.DefaultSlabSize, nameof(MaximumBufferMemory));
        Require(options.MaximumHalfOpen >= 1, nameof(MaximumHalfOpen));
        Require(options.MaximumTimeWait >= 1, nameof(MaximumTimeWait));
        Require(options.ChallengeAcksPerFiveSeconds >= 1, nameof(ChallengeAcksPerFiveSeconds));
        Require(options.FirstEphemeralPort >= 1, nameof(FirstEphemeralPort));
        Require(options.LastEphemeralPort <= 65535, nameof(LastEphemeralPort));
        Require(options.LastEphemeralPort >= options.FirstEphemeralPort, nameof(LastEphemeralPort));
    }

    private static void Require(bool inRange, string option)
    {
        if (!inRange) throw new ArgumentException($"{option} is out of its range.", nameof(option));
    }
}
