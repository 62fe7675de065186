using System.Net;
using System.Net.NetworkInformation;

namespace Toe;

/// <summary>A row of the connection table.</summary>
public sealed record ToeConnectionInfo
{
    /// <summary>The connection's number in its process.</summary>
    public required long Id { get; init; }

    /// <summary>The local endpoint.</summary>
    public required IPEndPoint Local { get; init; }

    /// <summary>The peer.</summary>
    public required IPEndPoint Remote { get; init; }

    /// <summary>The TCP state, as far as the carrier tells.</summary>
    public required TcpState State { get; init; }

    /// <summary>Where it runs, since when, and why.</summary>
    public required Placement Placement { get; init; }

    /// <summary>Bytes taken from the application for sending.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Bytes given to the application.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Smoothed round-trip time; null when the carrier does not tell.</summary>
    public TimeSpan? RoundTripTime { get; init; }

    /// <summary>Segments sent again; null when the carrier does not tell.</summary>
    public long? Retransmits { get; init; }

    /// <summary>Buffer memory in bytes that the carrier holds for the connection; null when it does not tell.</summary>
    public long? Memory { get; init; }
}
