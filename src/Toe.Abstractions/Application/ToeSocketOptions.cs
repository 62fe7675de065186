namespace Toe;

/// <summary>What a caller asks of a connection's socket. What a carrier cannot honour is reported as a downgrade, never dropped in silence.</summary>
public sealed record ToeSocketOptions
{
    /// <summary>The defaults: <see cref="NoDelay"/> on, the rest as the carrier has it.</summary>
    public static ToeSocketOptions Default { get; } = new();

    /// <summary>Send small segments at once instead of coalescing them (RFC 9293 §3.7.4, Nagle). Default true.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>Probe an idle peer (RFC 9293 §3.8.4). Default false.</summary>
    public bool KeepAlive { get; init; }

    /// <summary>Receive buffer in bytes; null leaves it to the carrier.</summary>
    public int? ReceiveBuffer { get; init; }

    /// <summary>Send buffer in bytes; null leaves it to the carrier.</summary>
    public int? SendBuffer { get; init; }

    /// <summary>The IPv4 TOS or IPv6 traffic class octet (RFC 2474); null leaves it to the carrier.</summary>
    public byte? TrafficClass { get; init; }

    /// <summary>How long sent data may stay unacknowledged before the connection is aborted (RFC 5482); null leaves it to the carrier.</summary>
    public TimeSpan? UserTimeout { get; init; }

    /// <summary>Name of a congestion control algorithm, as the carrier spells it ("cubic", "reno"); null leaves it to the carrier.</summary>
    public string? CongestionControl { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A buffer or time-out is not positive.</exception>
    public void Validate()
    {
        if (ReceiveBuffer is { } receive)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(receive, nameof(ReceiveBuffer));
        if (SendBuffer is { } send)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(send, nameof(SendBuffer));
        if (UserTimeout is { } timeout)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, nameof(UserTimeout));
    }
}
