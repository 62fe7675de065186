using System.Net.NetworkInformation;

namespace Toe;

/// <summary>What an adapter tells about one of its connections.</summary>
/// <param name="State">The TCP state; <see cref="TcpState.Unknown"/> when it does not tell.</param>
/// <param name="Confidence">How sure it is that the connection is offloaded.</param>
public readonly record struct AdapterSocketInfo(TcpState State, OffloadConfidence Confidence)
{
    /// <summary>Smoothed round-trip time; null when it does not tell.</summary>
    public TimeSpan? RoundTripTime { get; init; }

    /// <summary>Segments sent again; null when it does not tell.</summary>
    public long? Retransmits { get; init; }

    /// <summary>Sent bytes that the peer acknowledged; null when it does not tell.</summary>
    public long? BytesAcknowledged { get; init; }

    /// <summary>Buffer memory in bytes; null when it does not tell.</summary>
    public long? Memory { get; init; }
}
